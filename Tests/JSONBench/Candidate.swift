internal import EventJSON
internal import FoundationEssentials

/// A coder to be measured.
struct Candidate {
    let name: String
    let decodes: @Sendable ([UInt8]) throws -> Void
    let encodes: @Sendable () throws -> Void

    /// The coders that are compared, Foundation's as Troupe used them first. Each makes itself anew for every value.
    static func all<T: Codable & Sendable>(for value: T) -> [Candidate] {
        [
            Candidate(
                name: "Foundation",
                decodes: { bytes in
                    let decoder = JSONDecoder()
                    decoder.dateDecodingStrategy = .iso8601
                    try consume(decoder.decode(T.self, from: Data(bytes)))
                },
                encodes: {
                    let encoder = JSONEncoder()
                    encoder.dateEncodingStrategy = .iso8601
                    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
                    try consume([UInt8](encoder.encode(value)))
                }),
            Candidate(
                name: "Foundation, defaults",
                decodes: { try consume(JSONDecoder().decode(T.self, from: Data($0))) },
                encodes: { try consume([UInt8](JSONEncoder().encode(value))) }),
            Candidate(
                name: "EventJSON",
                decodes: { try consume(EventJSONDecoder().decode(T.self, from: $0)) },
                encodes: { try consume(EventJSONEncoder().encode(value)) }),
        ]
    }
}

/// Keeps the compiler from leaving out what computes the value.
@inline(never)
func consume<T>(_ value: T) { withExtendedLifetime(value) {} }
