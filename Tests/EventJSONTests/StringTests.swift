internal import EventJSON
internal import Testing

struct StringTests {
    @Test(arguments: [
        ("", #""""#), ("tea", #""tea""#), ("\"\\/", #""\"\\/""#), ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
        ("\u{0}\u{1F}", #""\u0000\u001f""#), ("\u{7F}", #""\u007f""#), ("é ü ß", #""é ü ß""#), ("😀", #""😀""#),
        ("\u{2028}\u{FEFF}", "\"\u{2028}\u{FEFF}\""), ("\u{FFFE}", #""\ufffe""#), ("\u{10FFFD}", "\"\u{10FFFD}\""),
        ("a string that is longer than a word \"", #""a string that is longer than a word \"""#),
    ])
    func `strings are escaped where they must be, and read back`(value: String, expected: String) throws {
        try expectRoundTrip(value, as: expected)
    }

    @Test(arguments: [
        (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\uDE00""#, "😀"), (#""\/\b\f\n\r\t\"\\""#, "/\u{8}\u{C}\n\r\t\"\\"),
        (#""\u0000""#, "\0"), (#""\uDBFF\uDFFD""#, "\u{10FFFD}"), (#""1234567\u0038 9""#, "12345678 9"),
    ])
    func `escapes are read`(text: String, value: String) throws { #expect(try decoded(String.self, text) == value) }

    @Test(arguments: [
        #""\ud800""#, #""\udc00""#, #""\ud800\ud800""#, #""\ud800x""#, #""\x""#, #""\u12g4""#, "\"\t\"", "\"", #""\"#,
    ])
    func `half a surrogate pair and what is no escape are refused`(text: String) {
        let error = #expect(throws: EventJSONError.self) { try decoded(String.self, text) }
        #expect(error?.code == .malformed)
    }

    @Test func `every scalar survives, at every place in a word`() throws {
        for value in stride(from: UInt32(0), through: 0x10FFFF, by: 37) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let padding = String(repeating: "x", count: Int(value % 11))
            let string = padding + String(Character(scalar)) + padding
            #expect(try Array(decoded(String.self, text(string)).utf8) == Array(string.utf8))
        }
    }

    @Test func `bytes that are no UTF-8 and a byte order mark are refused`() {
        for bytes: [UInt8] in [
            [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
        ] {
            #expect(throws: EventJSONError.self) {
                try EventJSONDecoder().decode(String.self, from: [0x22] + bytes + [0x22])
            }
        }
        expectRefused(
            Int.self, "\u{FEFF}1", .malformed,
            "The text begins with a byte order mark (U+FEFF), which JSON does not allow (RFC 8259 §8.1); remove it.")
    }

    @Test func `names are escaped and compared by their bytes`() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        #expect(composed == decomposed)
        struct Named: Decodable {
            let value: Int
            init(from decoder: any Decoder) throws {
                value = try decoder.container(keyedBy: AnyJSON.Name.self)
                    .decode(Int.self, forKey: AnyJSON.Name(stringValue: "e\u{301}"))
            }
        }
        #expect(try decoded(Named.self, "{\"\(composed)\":1,\"\(decomposed)\":2}").value == 2)
        #expect(try decoded([String: Int].self, #"{"\u0061\"":1}"#) == ["a\"": 1])
        #expect(try text(["a\"\n": 1]) == #"{"a\"\n":1}"#)
    }
}
