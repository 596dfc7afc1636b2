internal import Envelope
internal import Foundation
internal import Testing
internal import Troupe
internal import TroupeTesting

/// The exported JSON Schema accepts what the decoder accepts, and refuses what it refuses: by the Python package
/// `jsonschema`.
@Suite("The schema of shapes") struct ShapeAgreementTests {
    private enum Colour: String, Codable { case red, green }
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
        var small: Int16
        var whole: Int
        var natural: UInt32
        var ratio: Double
        var text: String
        var when: Date
        var id: UUID
        var bytes: Data
        var colour: Colour
        var shade: Colour?
        var means: Means
        var part: Part
        var other: Part?
        var parts: [Part]
        var labels: [String: Int]
        var maybe: [Int?]
    }
    private struct Chain: EventPayload {
        static let topic = "test.chain"
        var name: String
        var next: [Chain]
    }
    private struct Hearer: Handler {
        let name = "hearer"
        var reactions: some Reactions {
            On(Everything.self) { _, _ in }
            On(Chain.self) { _, _ in }
        }
    }

    private static let everything = #"""
        {"flag":true,"small":3,"whole":4,"natural":5,"ratio":1.5,"text":"t","when":"2026-01-31T12:00:00Z",
        "id":"6F1C3F0E-6F6C-4C35-9D5C-1D1F4CD4C0DE","bytes":"YQ==","colour":"red","shade":"green",
        "means":{"card":{"number":"1"}},"part":{"sku":"s","count":1},"other":{"sku":"s","count":2},
        "parts":[{"sku":"s","count":3}],"labels":{"a":1},"maybe":[1,null]}
        """#
    private static let chain = #"{"name":"a","next":[{"name":"b","next":[]}]}"#

    private static let script = """
        import datetime, json, sys, jsonschema
        checker = jsonschema.FormatChecker(["uuid"])
        @checker.checks("date-time", raises=ValueError)
        def date_time(text):
            return not isinstance(text, str) or ("T" in text and bool(datetime.datetime.fromisoformat(text)))
        wrong = 0
        cases = 0
        for group in json.load(sys.stdin):
            schema = group["schema"]
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema, format_checker=checker)
            for case in group["cases"]:
                cases += 1
                if validator.is_valid(case["value"]) != case["accepted"]:
                    wrong += 1
                    print("decoder", case["accepted"], "on", json.dumps(case["value"]))
        print(f"{cases} cases, {wrong} wrong")
        """

    private struct Group: Encodable {
        var schema: PayloadShape
        var cases: [Case]
    }
    private struct Case: Encodable {
        var value: JSONValue
        var accepted: Bool
    }

    /// The value, and every value that differs from it in one place.
    private static func variants(_ value: JSONValue) -> [JSONValue] {
        let others: [JSONValue] = [
            .null, .bool(false), .integer(-1), .integer(7), .integer(300), .integer(70_000), .integer(5_000_000_000),
            .unsigned(.max), .number(2.5), "red", "violet", "2026-02-01T00:00:00Z", [], [.integer(1)], [:],
            ["cash": [:]], ["card": ["number": "2"]], ["card": [:]], ["sku": "x"], ["name": "n", "next": []],
        ]
        switch value {
        case .object(let members):
            let changed = members.flatMap { key, member in
                variants(member).map { JSONValue.object(members.merging([key: $0]) { $1 }) }
            }
            let fewer = members.keys.map { key in JSONValue.object(members.filter { $0.key != key }) }
            return [value] + others + fewer + changed + [.object(members.merging(["more": .integer(1)]) { $1 })]
        case .list(let elements):
            let changed = elements.indices.flatMap { index in
                variants(elements[index]).map { other in
                    var copy = elements
                    copy[index] = other
                    return JSONValue.list(copy)
                }
            }
            return [value] + others + changed
        default: return [value] + others
        }
    }

    private func cases<P: EventPayload>(_ type: P.Type, _ text: String) throws -> [Case] {
        let encoder = JSONEncoder()
        var event = Event(
            topic: try Topic(P.topic), flow: try FlowID("agreement"), time: Timestamp(microseconds: 0))
        return try Self.variants(JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))).map { value in
            event.data = try Array(encoder.encode(value))
            return Case(value: value, accepted: (try? PayloadCoder.decode(type, from: event)) != nil)
        }
    }

    @Test("agrees with the decoder on every value that differs from a good one in one place")
    func agrees() async throws {
        let shapes = try #require(try Declaration.withShapes(of: Hearer()).shapes).consumes
        let groups = try [
            Group(schema: #require(shapes[Everything.topic]), cases: cases(Everything.self, Self.everything)),
            Group(schema: #require(shapes[Chain.topic]), cases: cases(Chain.self, Self.chain)),
        ]
        #expect(groups.allSatisfy { $0.cases[0].accepted })
        let input = try Array(JSONEncoder().encode(groups))
        let count = groups.reduce(0) { $0 + $1.cases.count }
        #expect(count > 500)
        try await withProcessStage { stage in
            let output = try await stage.run("/usr/bin/env", ["python3", "-c", Self.script], input: input)
            #expect(
                output.standardOutput == "\(count) cases, 0 wrong\n",
                "\(output); scripts/setup --tests installs jsonschema")
        }
    }
}
