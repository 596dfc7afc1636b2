internal import Envelope
internal import EventJSON
internal import Foundation
internal import Testing
internal import Troupe

@testable internal import TroupeCLI

/// What `publish` accepts, a handler's decoder reads, and the other way round.
@Suite("F8: publish's check and the decoder agree") struct PayloadAgreementTests {
    private enum Colour: String, Codable { case red, green }
    private enum Rank: Int8, Codable {
        case low = 1
        case high = 100
    }
    private enum Means: Codable {
        case card(number: String)
        case cash
    }
    private struct Part: Codable {
        var sku: String
        var count: UInt8
    }
    private struct Everything: EventPayload {
        static let topic = "test.everything"
        var flag: Bool
        var tiny: Int8
        var short: UInt16
        var middle: Int32
        var whole: Int
        var natural: UInt64
        var single: Float
        var double: Double
        var decimal: Decimal
        var text: String
        var when: Date
        var id: UUID
        var bytes: Data
        var colour: Colour
        var rank: Rank
        var means: Means
        var part: Part?
        var parts: [Part]
        var labels: [String: Int]
        var maybe: [Double?]
    }
    private struct Hearer: Handler {
        let name = "hearer"
        var reactions: some Reactions { On(Everything.self) { _, _ in } }
    }

    /// A good text, in pieces: those at odd places may be replaced.
    private static let pieces = #"""
        {"flag":|true|,"tiny":|3|,"short":|4|,"middle":|5|,"whole":|6|,"natural":|7|,"single":|1.5|,"double":|2.5|,
        "decimal":|3.5|,"text":|"t"|,"when":|"2026-01-31T12:00:00Z"|,"id":|"6F1C3F0E-6F6C-4C35-9D5C-1D1F4CD4C0DE"|,
        "bytes":|"YQ=="|,"colour":|"red"|,"rank":|1|,"means":|{"card":{"number":|"1"|}}|,"part":|{"sku":|"s"|,
        "count":|1|}|,"parts":|[{"sku":"s","count":|3|}]|,"labels":|{"a":|1|}|,"maybe":|[1,|null|]|}
        """#.split(separator: "|", omittingEmptySubsequences: false).map(String.init)

    static let numbers = [
        "0", "-0", "-0.0", "0e999999999999", "1", "-1", "1.0", "1e2", "100e-2", "1.5", "127", "128", "-128", "-129",
        "65535",
        "65536", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809",
        "9.223372036854775807e18", "9.223372036854775808e18", "92233720368547758070e-1", "18446744073709551615",
        "1.8446744073709551615e19", "18446744073709551616", "1e-400", "-1e-400", "1e400", "1e-45", "1e-46", "3.4e38",
        "3.5e38", "1e127", "1e128", "1e300", "5e-324", "2e-324", "1e99999999999999999999", "0.1",
        "1.0000000000000000000000000000000000001", "1.0000000000000000000000000000000000000",
        "12345678901234567890123456789012345678901234567890",
    ]
    private static let others = [
        "null", "true", "\"\"", "\"red\"", "\"RED\"", "\"caf\u{E9}\"", #""\u0072ed""#, "\"2026-02-30T00:00:00Z\"",
        "\"2026-02-01T00:00:00\"", "\"2026-02-01t00:00:00.25+01:00\"", "\"2026-02-01T99:00:00Z\"", "\"YQ\"", "\"YR==\"",
        "\"6f1c3f0e6f6c4c359d5c1d1f4cd4c0de\"", "\"6f1c3f0e-6f6c-4c35-9d5c-1d1f4cd4c0de\"",
        "\"6f1c3f0e-6f6c-4c35-9d5c-1d1f4cd4c0dg\"", "[]", "{}", "[1]", "[null]", #"{"cash":{}}"#, #"{"cash":1}"#,
        #"{"card":{"number":"1"},"cash":{}}"#, #"{"card":{"number":"1"},"cash":5}"#,
        #"{"card":{"number":"1"},"more":1}"#,
        #"{"sku":"s","count":1,"sku":"t"}"#, #"{"a":1,"\u0061":2}"#, #"{"a":{"b":[{"c":1,"c":2}]}}"#, "\u{FEFF}1", "01",
        String(repeating: "[", count: 511) + String(repeating: "]", count: 511),
        String(repeating: "[", count: 512) + String(repeating: "]", count: 512),
        String(repeating: "[", count: 510) + "{}" + String(repeating: "]", count: 510),
        String(repeating: "[", count: 511) + "{}" + String(repeating: "]", count: 511),
    ]

    private func expectAgreement(_ text: String, _ shape: PayloadShape, _ totals: inout (accepted: Int, refused: Int))
        throws
    {
        var event = Event(
            topic: try Topic(Everything.topic), flow: try FlowID("agreement"), time: Timestamp(microseconds: 0))
        event.data = Array(text.utf8)
        let decoding = Result { try PayloadCoder.decode(Everything.self, from: event) }
        let checking = Result {
            try PayloadCheck(event.topic, expected: [("hearer", shape)])
                .refuse(PayloadCheck.read(event.data[...], where: "the data"), where: "the data")
        }
        switch (decoding, checking) {
        case (.success, .success): totals.accepted += 1
        case (.failure, .failure): totals.refused += 1
        case (.success, .failure(let error)): Issue.record("publish refuses what is decoded: \(text)\n\(error)")
        case (.failure(let error), .success): Issue.record("publish accepts what is not decoded: \(text)\n\(error)")
        }
    }

    @Test func `F8: they agree on every number at every place, and on random mixtures`() throws {
        let shape = try #require(try Declaration.withShapes(of: Hearer()).shapes?.consumes[Everything.topic])
        var totals = (accepted: 0, refused: 0)
        try expectAgreement(Self.pieces.joined(), shape, &totals)
        #expect(totals == (1, 0))
        for place in stride(from: 1, to: Self.pieces.count, by: 2) where !Self.pieces[place].hasSuffix(":") {
            for value in Self.numbers + Self.others {
                var pieces = Self.pieces
                pieces[place] = value
                try expectAgreement(pieces.joined(), shape, &totals)
            }
        }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var pieces = Self.pieces
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<pieces.count / 2, using: &random) * 2 + 1
                pieces[place] =
                    Bool.random(using: &random)
                    ? (Self.numbers + Self.others).randomElement(using: &random)! : Self.number(&random)
            }
            try expectAgreement(pieces.joined(), shape, &totals)
        }
        #expect(totals.accepted > 300 && totals.refused > 1000, "\(totals)")
    }

    private static func number(_ random: inout SystemRandomNumberGenerator) -> String {
        func digits(_ most: Int, _ random: inout SystemRandomNumberGenerator) -> String {
            (0..<Int.random(in: 1...most, using: &random)).map { _ in String(Int.random(in: 0...9, using: &random)) }
                .joined()
        }
        var text = Bool.random(using: &random) ? "-" : ""
        text += Bool.random(using: &random) ? "0" : "1" + digits(20, &random)
        if Bool.random(using: &random) { text += "." + digits(40, &random) }
        if Bool.random(using: &random) { text += "e" + (Bool.random(using: &random) ? "-" : "") + digits(3, &random) }
        return text
    }

    @Test(
        arguments: [
            ("9.223372036854775807e18", nil), ("1.0", nil), ("100e-2", nil),
            ("9.223372036854775808e18", "'whole' is 9.223372036854775808e18, expected an integer"),
            (
                "1.0000000000000000000000000000000000001",
                "'whole' is 1.0000000000000000000000000000000000001, expected an integer"
            ),
            ("1e-400", "'whole' is 1e-400, expected an integer"),
        ] as [(String, String?)])
    func `F8: an integer is what is exactly one`(number: String, problem: String?) throws {
        let shape = PayloadShape(.record([ShapeField("whole", .integer(bits: 64, isSigned: true))]))
        let value = try PayloadCheck.read(Array(#"{"whole":\#(number)}"#.utf8)[...], where: "it")
        #expect(ShapeMatch.problems(of: value, shape) == (problem.map { [$0] } ?? []))
    }

    @Test func `F8: a number that a Double would turn into zero is refused, as by the decoder`() throws {
        let shape = PayloadShape(.record([ShapeField("ratio", .number(bits: 64))]))
        let value = try PayloadCheck.read(Array(#"{"ratio":1e-400}"#.utf8)[...], where: "it")
        #expect(ShapeMatch.problems(of: value, shape) == ["'ratio' is 1e-400, expected a number"])
    }

    @Test(
        arguments: [
            (#"{"orderID":"D-1","orderID":"D-2"}"#, "orderID: the name stands twice"),
            (#"{"a":[{},{"b":1,"\u0062":2}]}"#, "a[1].b: the name stands twice"),
            (
                "\u{FEFF}{}",
                "begins with a byte order mark (U+FEFF), which JSON does not allow (RFC 8259 §8.1); remove it"
            ),
            (String(repeating: "[", count: 513) + String(repeating: "]", count: 513), "at most 512 levels"),
        ])
    func `F9, F10: what no reader should guess at is refused by name`(text: String, message: String) {
        let error = #expect(throws: CommandError.self) {
            try PayloadCheck.read(Array(text.utf8)[...], where: "the data")
        }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }
}
