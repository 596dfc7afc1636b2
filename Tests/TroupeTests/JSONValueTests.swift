internal import FoundationEssentials
internal import Testing
internal import Troupe

@Suite("JSON values") struct JSONValueTests {
    @Test("come back from what they encode to")
    func roundTrip() throws {
        let value: JSONValue = [
            "a": [.null, .bool(true), .integer(-1), .unsigned(.max), .number(0.5)], "b": ["c": "d"],
        ]
        #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == value)
    }
}
