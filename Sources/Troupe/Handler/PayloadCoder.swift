package import Envelope
internal import FoundationEssentials

/// Typed payloads to and from the JSON that people see. Dates are ISO 8601.
package enum PayloadCoder {
    /// Decodes an event's data. Throws `ReactionFailure.undecodable`, which no retry can mend.
    package static func decode<P: Decodable>(_ type: P.Type, from event: Event) throws -> P {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            return try decoder.decode(type, from: Data(event.data))
        } catch let error as DecodingError {
            throw ReactionFailure(.undecodable, "the data of \(event.topic) is no \(type): \(explain(error))")
        }
    }

    /// Encodes a payload.
    package static func encode(_ payload: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return try Array(encoder.encode(payload))
    }

    private static func explain(_ error: DecodingError) -> String {
        func at(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
            let path = (context.codingPath + (key.map { [$0] } ?? [])).map { key in
                key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)"
            }
            return path.isEmpty ? "the value" : String(path.joined().drop { $0 == "." })
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(at(context, key)) is missing"
        case .valueNotFound(let type, let context): return "\(at(context)) is null, expected \(type)"
        case .typeMismatch(let type, let context): return "\(at(context)) is not \(type)"
        case .dataCorrupted(let context): return "\(at(context)): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }
}
