internal import FoundationEssentials
internal import Testing
internal import Troupe

@testable internal import TroupeCLI

@Suite("Data and what is expected of it") struct ShapeMatchTests {
    private static let shape = PayloadShape(
        .record([
            ShapeField("id", .text(.uuid)), ShapeField("count", .integer(bits: 8, isSigned: false)),
            ShapeField("kind", .choice(["a", "b"])), ShapeField("when", .nullable(.text(.dateTime)), isRequired: false),
            ShapeField("lines", .list(.record([ShapeField("sku", .text(nil))]))),
            ShapeField("labels", .map(.boolean), isRequired: false),
            ShapeField(
                "means",
                .oneOf([.record([ShapeField("card", .text(nil))]), .record([ShapeField("cash", .record([]))])]),
                isRequired: false),
        ]))

    private static let good: [String: JSONValue] = [
        "id": "6f1c3f0e-6f6c-4c35-9d5c-1d1f4cd4c0de", "count": .integer(255), "kind": "a",
        "lines": [["sku": "tea"]],
    ]

    private func problems(_ value: [String: JSONValue], _ shape: PayloadShape) throws -> [String] {
        let text = try Array(JSONEncoder().encode(JSONValue.object(value)))
        return ShapeMatch.problems(of: try PayloadCheck.read(text[...], where: "it"), shape)
    }

    @Test("good data, with and without what is optional")
    func good() throws {
        #expect(try problems(Self.good, Self.shape) == [])
        var full = Self.good
        full["when"] = "2026-01-31T12:00:00.5Z"
        full["labels"] = ["x": .bool(true)]
        full["means"] = ["cash": [:]]
        full["unknown"] = .null
        #expect(try problems(full, Self.shape) == [])
        full["when"] = .null
        #expect(try problems(full, Self.shape) == [])
    }

    @Test(
        "what does not fit is named by its path",
        arguments: [
            ("id", "x", "'id' is the text 'x', expected a UUID"),
            ("count", .integer(256), "'count' is 256, expected an unsigned integer of 8 bits"),
            ("count", .integer(-1), "'count' is -1, expected an unsigned integer of 8 bits"),
            ("count", .number(1.5), "'count' is 1.5, expected an unsigned integer of 8 bits"),
            ("kind", "c", "'kind' is the text 'c', expected one of 'a', 'b'"), ("kind", nil, "'kind' is missing"),
            ("when", "tomorrow", "'when' is the text 'tomorrow', expected a date and time (RFC 3339)"),
            ("lines", [["sku": "tea"], [:]], "'lines[1].sku' is missing"),
            ("labels", ["x": "y"], "'labels.x' is the text 'y', expected true or false"),
            ("means", ["card": .null], "'means.card' is null, expected a text"),
        ] as [(String, JSONValue?, String)])
    func bad(_ key: String, _ value: JSONValue?, _ problem: String) throws {
        var data = Self.good
        data[key] = value
        #expect(try problems(data, Self.shape) == [problem])
    }

    @Test("data that is no object")
    func noObject() throws {
        #expect(
            try ShapeMatch.problems(of: PayloadCheck.read(Array("[]".utf8)[...], where: "it"), Self.shape) == [
                "it is a list, expected an object"
            ])
    }
}
