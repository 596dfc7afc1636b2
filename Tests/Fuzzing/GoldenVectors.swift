internal import Choreography
internal import Envelope
internal import FoundationEssentials

/// The vectors that a peer in another language is checked by, as the first inputs.
enum GoldenVectors {
    struct Vector: Sendable {
        var record: [UInt8]
        var json: [UInt8]
        var event: Event
    }

    private static let file = #filePath.replacing(
        "/Fuzzing/GoldenVectors.swift", with: "/EnvelopeTests/Vectors/records.json")

    /// All events; a file that is not there, or another format, is a mistake of this repository and ends the program.
    static let all: [Vector] = {
        do { return try read() } catch { fatalError("\(file) cannot be read: \(error)") }
    }()

    private static func read() throws -> [Vector] {
        let text = [UInt8](try Data(contentsOf: URL(filePath: file)))
        var vectors: [Vector] = []
        for vector in try members(text, "records").values.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let parts = try members(vector)
            let json = parts["event"] ?? []
            let hex = String(decoding: parts["record"] ?? [], as: UTF8.self).filter(\.isHexDigit)
            let record = stride(from: 0, to: hex.count, by: 2).compactMap {
                UInt8(hex.dropFirst($0).prefix(2), radix: 16)
            }
            vectors.append(Vector(record: record, json: json, event: try EventRecord.decode(record)))
        }
        return vectors
    }

    private static func members(_ text: [UInt8], _ name: String? = nil) throws -> [String: [UInt8]] {
        let found = try text.withUnsafeBytes { raw in
            try JSONText.members(of: raw).map { ($0.key, Array(raw[$0.value])) }
        }
        let members = Dictionary(found, uniquingKeysWith: { first, _ in first })
        guard let name else { return members }
        return try Self.members(members[name] ?? [])
    }
}
