import Testing

@testable import Envelope

@Suite struct JSONTextTests {
    private func validate(_ text: String, maxDepth: Int = 512) throws {
        try Array(text.utf8).withUnsafeBytes { try JSONText.validate($0, maxDepth: maxDepth) }
    }

    @Test(arguments: [
        "null", " true ", "false", "0", "-0", "-1.5e+10", "1E-2", "0.0", "\"\"", "[]", "{}", "[ ]", "{ }",
        "[1, [2, {\"a\" : [ ] }], \"x\"]", "\t\r\n{\"a\":1,\"b\":{\"a\":2}}",
        "\"\\u00e9\\ud83c\\udfad\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"ü漢🎭\u{7F}\u{2028}\"", "\"0123456789abcdef\\n0123456789abcdef\"",
    ])
    func jsonIsAccepted(text: String) throws {
        try validate(text)
    }

    @Test(arguments: [
        ("", "Line 1, column 1: expected a value, found the end."), ("  \n ", "Line 2, column 2"),
        ("nul", "Line 1, column 4: expected null, found the end."), ("nulL", "column 4: expected null, found 'L'"),
        ("tru e", "expected true"), ("01", "column 2: expected no digit after a leading zero"),
        ("-", "expected a digit"),
        ("-a", "expected a digit, found 'a'"), ("1.", "expected a digit, found the end"), (".5", "expected a value"),
        ("1e", "expected a digit"), ("1e+", "expected a digit"), ("+1", "expected a value, found '+'"),
        ("1 2", "column 3: expected the end of the text, found '2'"), ("[1,]", "column 4: expected a value, found ']'"),
        ("[1", "expected ',' or ']', found the end"), ("[1}", "expected ',' or ']', found '}'"),
        ("[", "expected a value, found the end"), ("{", "expected a member's name in quotes"),
        ("{\"a\"}", "expected ':', found '}'"), ("{\"a\":}", "expected a value, found '}'"),
        ("{\"a\":1,}", "expected a member's name in quotes, found '}'"),
        ("{\"a\":1]", "expected ',' or '}', found ']'"),
        ("{a:1}", "expected a member's name in quotes, found 'a'"), ("{\"a\":1", "expected ',' or '}'"),
        ("\"abc", "expected the string's closing quote, found the end"),
        ("\"ü\n\"", "Line 1, column 3: expected an escape such as \\n instead of a control character, found byte 0x0A"),
        ("[\n \"x\u{1}\"]", "Line 2, column 4"), ("\"\\x\"", "after the backslash, found 'x'"),
        ("\"\\u12g4\"", "four hexadecimal digits, found 'g'"), ("\"\\ud800\"", "a whole surrogate pair"),
        ("\"\\udc00\"", "a whole surrogate pair"), ("\"\\ud800\\u0061\"", "a whole surrogate pair"),
        ("\"\\ud800\\n\"", "a whole surrogate pair"), ("'a'", "expected a value, found '''"),
        ("\u{FEFF}1", "begins with a byte order mark (U+FEFF), which JSON does not allow (RFC 8259 §8.1); remove it"),
        ("{\"a\":1,\"a\":2}", "column 8: expected each member once, and \"a\" repeats"),
        ("[0,{\"a\":[{\"b\":1,\"\\u0062\":2}]}]", "\"[1].a[0].b\" repeats"),
        ("]", "expected a value"), ("\"\\", "after the backslash, found the end"),
        ("\"\\ud800\\", "a whole surrogate pair"),
        ("NaN", "expected a value"), ("[1 2]", "expected ',' or ']', found '2'"),
    ])
    func whatIsNoJSONIsRefusedWithItsPlaceAndReason(text: String, fragment: String) {
        expectError(.badJSON, fragment) { try validate(text) }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xE2, 0x82],
            [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xF0, 0x9F, 0x8E, 0x41],
        ] as [[UInt8]])
    func whatIsNoUTF8IsRefused(bytes: [UInt8]) {
        for padding in 0..<9 {
            let text = [0x22] + [UInt8](repeating: 0x61, count: padding) + bytes + [0x22]
            expectError(.badJSON, "valid UTF-8") { try text.withUnsafeBytes { try JSONText.validate($0) } }
        }
    }

    @Test func controlCharactersAndQuotesAreSeenAtEveryOffset() {
        for offset in 0..<24 {
            let plain = String(repeating: "a", count: offset)
            expectError(.badJSON, "control character") { try validate("\"\(plain)\u{1F}aaaaaaaaaaaa\"") }
            expectError(.badJSON, "the end of the text") { try validate("\"\(plain)\"aaaaaaaaaaaa\"") }
            expectError(.badJSON, "after the backslash") { try validate("\"\(plain)\\aaaaaaaaaaaaa\"") }
        }
    }

    @Test func nestingIsLimited() throws {
        func nested(_ depth: Int) -> String {
            (0..<depth).map { $0 % 3 == 0 ? "{\"a\":" : "[" }.joined() + "1"
                + (0..<depth).reversed().map { $0 % 3 == 0 ? "}" : "]" }.joined()
        }
        for depth in [1, 63, 64, 65, 127, 128, 129, 511, 512] { try validate(nested(depth)) }
        expectError(.badJSON, "at most 512 levels") { try validate(nested(513)) }
        expectError(.badJSON, "at most 2 levels") { try validate(nested(3), maxDepth: 2) }
        expectError(.badJSON, "at most 512 levels") { try validate(String(repeating: "[", count: 1_000_000)) }
        expectError(.badJSON, "',' or '}'") {
            try validate(nested(100).replacingLast("}", with: "]"))
        }
    }

    @Test func minifyingDropsOnlyTheSpaceBetweenTokens() throws {
        let text = " { \"a b\\\" \" : [ 1 , 2.50 , \"\\\\\" ] ,\n\t\"c\" : { } } \r\n"
        let minified = Array(text.utf8).withUnsafeBytes { JSONText.minify($0) }
        #expect(String(decoding: minified, as: UTF8.self) == "{\"a b\\\" \":[1,2.50,\"\\\\\"],\"c\":{}}")
        var generator = EventGenerator(seed: 31)
        for _ in 0..<500 {
            let json = generator.json(depth: 4)
            #expect(json.withUnsafeBytes { JSONText.minify($0) } == json)
        }
        for broken in ["\"abc", "\"abc\\", "\\", "\""] {
            #expect(Array(broken.utf8).withUnsafeBytes { JSONText.minify($0) } == Array(broken.utf8))
        }
    }

    @Test func membersAreFoundWithTheirValues() throws {
        let text = Array(" { \"a\" : [1, 2] , \"\\u0062\":\"x\",\"\": null }".utf8)
        try text.withUnsafeBytes { bytes in
            let members = try JSONText.members(of: bytes)
            #expect(members.map(\.key) == ["a", "b", ""])
            #expect(members.map { String(decoding: bytes[$0.value], as: UTF8.self) } == ["[1, 2]", "\"x\"", "null"])
            #expect(try JSONText.string(in: bytes, at: members[1].value) == "x")
            expectError(.badJSON, "a string") { _ = try JSONText.string(in: bytes, at: members[0].value) }
            expectError(.badJSON) { _ = try JSONText.string(in: bytes, at: 0..<(bytes.count + 1)) }
        }
        #expect(try Array("{}".utf8).withUnsafeBytes { try JSONText.members(of: $0) }.isEmpty)
    }

    @Test(arguments: [
        ("{\"a\":1,\"\\u0061\":2}", "repeats"), ("[]", "expected '{'"), ("", "expected '{'"),
        ("{} x", "the end of the text"),
        ("{\"a\":1", "',' or '}'"), ("{\"a\"", "':'"), ("{", "a member's name"), ("{\"a\":1,}", "a member's name"),
    ])
    func whatIsNoObjectIsRefused(text: String, fragment: String) {
        expectError(.badJSON, fragment) {
            _ = try Array(text.utf8).withUnsafeBytes { try JSONText.members(of: $0) }
        }
    }

    @Test func aRepeatedNameIsSeenAmongFewAndMany() {
        for count in [1, 31, 32, 33, 100] {
            for repeated in Set([0, count / 2, count - 1]) {
                let names = Array(0..<count) + [repeated]
                let text = "{" + names.map { "\"n\($0)\":0" }.joined(separator: ",") + "}"
                expectError(.badJSON, "\"n\(repeated)\" repeats") {
                    _ = try Array(text.utf8).withUnsafeBytes { try JSONText.members(of: $0) }
                }
            }
        }
    }

    @Test func namesThatOnlyLookAlikeAreDifferentMembers() throws {
        let text = Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8)
        #expect(try text.withUnsafeBytes { try JSONText.members(of: $0) }.count == 2)
    }

    @Test func everyStringComesBackFromItsJSON() throws {
        var generator = EventGenerator(seed: 32)
        for _ in 0..<2000 {
            let string = generator.wildText()
            var bytes: [UInt8] = []
            JSONText.writeString(string, into: &bytes)
            try bytes.withUnsafeBytes { raw in
                try JSONText.validate(raw)
                let back = try JSONText.string(in: raw, at: 0..<raw.count)
                #expect(Array(back.unicodeScalars) == Array(string.unicodeScalars))
            }
            #expect(String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy(Grammar.isAllowed))
        }
    }

    @Test func escapesAreRead() throws {
        let text = Array("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00E9\\uD83C\\uDFAD\"".utf8)
        let string = try text.withUnsafeBytes { try JSONText.string(in: $0, at: 0..<$0.count) }
        #expect(string == "\"\\/\u{8}\u{C}\n\r\t\u{0}é🎭")
    }
}

extension String {
    fileprivate func replacingLast(_ character: Character, with other: Character) -> String {
        guard let index = lastIndex(of: character) else { return self }
        return self[..<index] + String(other) + self[self.index(after: index)...]
    }
}
