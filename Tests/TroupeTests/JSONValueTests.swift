internal import FoundationEssentials
internal import Testing
internal import Troupe

@Suite("JSON values") struct JSONValueTests {
    @Test(
        "are read as a decoder reads them",
        arguments: [
            #"{"a":1,"b":[true,false,null],"c":{"d":"x"},"e":-1.5}"#, "[]", "{}", #""text""#, "12", " [ 1 , 2 ] ",
            "18446744073709551615", "-9223372036854775808", "1e3", "1.0", "1e300", #"{"escaped":"a\nbA"}"#, #"["\""]"#,
            String(repeating: "[", count: 100) + String(repeating: "]", count: 100), #"{"ü":"ß"}"#,
        ])
    func same(_ text: String) throws {
        let decoded = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        #expect(JSONValue(text: Array(text.utf8)) == decoded)
    }

    @Test("come back from what they encode to")
    func roundTrip() throws {
        let value: JSONValue = [
            "a": [.null, .bool(true), .integer(-1), .unsigned(.max), .number(0.5)], "b": ["c": "d"],
        ]
        #expect(JSONValue(text: try Array(JSONEncoder().encode(value))) == value)
    }

    @Test("are none where the text is no JSON", arguments: ["", "{", "[1", #"{"a"}"#, "tru", "-", #""a"#])
    func broken(_ text: String) {
        #expect(JSONValue(text: Array(text.utf8)) == nil)
    }
}
