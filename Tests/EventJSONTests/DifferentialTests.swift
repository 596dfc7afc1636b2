internal import EventJSON
internal import Foundation
internal import Testing

/// Foundation's coder as the judge: what it reads and writes, and what it refuses.
struct DifferentialTests {
    private static let letters: [Unicode.Scalar] = [
        "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\u{1}", "é", "€", "😀", "\u{7F}", "\u{FFFE}", "x", "y",
    ]

    /// No zero, by which Foundation recognises UTF-16.
    private static let bytes = Array(#"{}[],:"\u0eE+-.1tfn "#.utf8) + [0xC3, 1, 0x80]

    private func string(_ random: inout SeededRandom) -> String {
        String(
            String.UnicodeScalarView(
                (0..<Int(random.next() % 20)).map { _ in Self.letters[Int(random.next() % 16)] }))
    }

    private func value(_ random: inout SeededRandom, depth: Int) -> AnyJSON {
        switch random.next() % (depth > 0 ? 8 : 6) {
        case 0: .null
        case 1: .bool(random.next() % 2 == 0)
        case 2: .integer(Int(truncatingIfNeeded: random.next() >> (random.next() % 64)))
        case 3: .number(Double(random.next() % 100_000) / 128 + 0.001)
        case 4: .number(Double(bitPattern: random.next() & ~(1 << 62)) * 1.5)
        case 5: .string(string(&random))
        case 6: .array((0..<random.next() % 6).map { _ in value(&random, depth: depth - 1) })
        default:
            .object(
                Dictionary(
                    (0..<random.next() % 20).map { _ in (string(&random), value(&random, depth: depth - 1)) },
                    uniquingKeysWith: { first, _ in first }))
        }
    }

    @Test func `each reads what the other writes`() throws {
        var random = SeededRandom(seed: 1)
        for round in 0..<400 {
            let value = value(&random, depth: 4)
            let ours = try EventJSONEncoder().encode(value)
            let theirs = try JSONEncoder().encode(value)
            #expect(try JSONDecoder().decode(AnyJSON.self, from: Data(ours)) == value, "round \(round)")
            #expect(try EventJSONDecoder().decode(AnyJSON.self, from: Array(theirs)) == value, "round \(round)")
        }
    }

    /// Whether Foundation reads a text that RFC 8259 refuses, or a number that is another one then: a comma before the end
    /// of a list, a number that a Double holds only as 0, a fraction that an Int leaves out.
    private static func isLax(_ text: String) -> Bool {
        if text.contains(/,\s*[\]}]/) { return true }
        return text.matches(of: /-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/).contains { number in
            guard let value = Double(number.output.0) else { return false }
            let isTooSmall = value == 0 && number.output.0.prefix { !"eE".contains($0) }.contains { "1"..."9" ~= $0 }
            return isTooSmall || value == value.rounded() && number.output.0.contains(".")
        }
    }

    @Test(arguments: 2..<18 as Range<UInt64>)
    func `a changed text is accepted by both or by neither`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var accepted = 0
        var encoder = EventJSONEncoder()
        encoder.sortsMembers = true
        for round in 0..<1500 {
            var bytes = try encoder.encode(value(&random, depth: 2))
            for _ in 0...random.next() % 2 where !bytes.isEmpty {
                let position = Int(random.next() % UInt64(bytes.count))
                let byte = Self.bytes[Int(random.next() % UInt64(Self.bytes.count))]
                switch random.next() % 3 {
                case 0: bytes[position] = byte
                case 1: bytes.insert(byte, at: position)
                default: bytes.remove(at: position)
                }
            }
            let ours = try? EventJSONDecoder().decode(AnyJSON.self, from: bytes)
            let theirs = try? JSONDecoder().decode(AnyJSON.self, from: Data(bytes))
            // Foundation lets some bytes that are no UTF-8 pass, and names that are the same to Unicode.
            guard String(validating: bytes, as: UTF8.self) != nil else {
                #expect(ours == nil, "round \(round)")
                continue
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if ours != theirs, Self.isLax(text) { continue }
            #expect(ours == theirs, "round \(round): \(text)")
            if ours != nil { accepted += 1 }
        }
        #expect(accepted > 100)
    }

    @Test func `payloads are written as before, but for the order of members`() throws {
        struct Payload: Codable {
            var at = Date(timeIntervalSince1970: 1_762_000_000.75)
            var before = Date(timeIntervalSince1970: -0.5)
            var data = Data("tea".utf8)
            var link = URL(string: "https://example.org/a")
            var price = Decimal(string: "12.50")
            var id = UUID()
            var ratio = 0.1
            var float: Float = 0.1
            var big = UInt64.max
            var text = "a/b \u{8} é"
        }
        let payload = Payload()
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        var ours = EventJSONEncoder()
        ours.sortsMembers = true
        #expect(
            String(decoding: try ours.encode(payload), as: UTF8.self)
                == String(decoding: try encoder.encode(payload), as: UTF8.self))
    }
}
