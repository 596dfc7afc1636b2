package import Envelope
internal import EventJSON

/// Typed payloads to and from the JSON that people see.
package enum PayloadCoder {
    private static let decoder = EventJSONDecoder()
    private static let encoder = EventJSONEncoder()

    /// Decodes an event's data. Throws `ReactionFailure.undecodable`, which no retry can mend.
    package static func decode<P: Decodable>(_ type: P.Type, from event: Event) throws -> P {
        do {
            return try decoder.decode(type, from: event.data)
        } catch let error as EventJSONError {
            throw ReactionFailure(.undecodable, "the data of \(event.topic) is no \(type): \(error)")
        }
    }

    /// Encodes a payload.
    package static func encode(_ payload: some Encodable) throws -> [UInt8] { try encoder.encode(payload) }
}
