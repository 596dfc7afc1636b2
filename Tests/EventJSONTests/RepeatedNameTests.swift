internal import Envelope
internal import EventJSON
internal import Testing

@Suite("F9: names that stand twice") struct RepeatedNameTests {
    @Test(
        arguments: [
            (#"{"a":1,"b":2,"a":3}"#, "a"), (#"{"a":1,"b":2,"\u0061":3}"#, "a"), (#"{"\u0061":1,"b":2,"a":3}"#, "a"),
            (#"{"":1,"":1}"#, ""), (#"{"x":[0,{"y":{"n":1,"n":2}}]}"#, "x[1].y.n"),
            (#"[{"a":{}},{"b":{},"b":{}}]"#, "[1].b"),
        ])
    func `F9: duplicate names are refused at any depth`(text: String, path: String) {
        let error = #expect(throws: EventJSONError.self) { try decoded([String: Int].self, text) }
        #expect(error?.code == .repeated && error?.path == path)
        #expect(throws: EnvelopeError.self) { try Array(text.utf8).withUnsafeBytes { try JSONText.validate($0) } }
    }

    @Test(arguments: [2, 16, 17, 100, 5000]) func `F9: duplicate names are refused among many`(count: Int) throws {
        let names = (0..<count).map { #""k\#($0)":\#($0)"# }
        #expect(try decoded([String: Int].self, "{\(names.joined(separator: ","))}").count == count)
        for repeated in Set([0, count / 2, count - 1]) {
            let text = "{\((names + [#""k\#(repeated)":-1"#]).joined(separator: ","))}"
            let error = #expect(throws: EventJSONError.self) { try decoded([String: Int].self, text) }
            #expect(error?.code == .repeated && error?.path == "k\(repeated)")
        }
    }

    @Test func `F9: names that differ in their composition are two`() throws {
        #expect(throws: Never.self) {
            _ = try EventJSONDecoder().decode([String: Int].self, from: Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
        }
    }

    @Test func `F8, F9: the two readers of JSON agree on random texts`() {
        var random = SystemRandomNumberGenerator()
        let parts = ["{", "}", "[", "]", ",", ":", #""a""#, #""b""#, #""\u0061""#, "1", "-0.5e3", "null", " "]
        func value(_ depth: Int) -> String {
            switch Int.random(in: 0..<(depth > 3 ? 2 : 4), using: &random) {
            case 0: return "1"
            case 1: return #""a""#
            case 2:
                return "["
                    + (0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth + 1) }.joined(separator: ",")
                    + "]"
            default:
                return "{"
                    + (0..<Int.random(in: 0...3, using: &random)).map { _ in
                        ["\"a\":", "\"b\":", "\"\\u0061\":", "\"c\": "].randomElement(using: &random)!
                            + value(depth + 1)
                    }.joined(separator: ",") + "}"
            }
        }
        var accepted = 0
        for round in 0..<20_000 {
            let text =
                round % 4 > 0
                ? value(0)
                : (0..<Int.random(in: 1...12, using: &random)).map { _ in parts.randomElement(using: &random)! }
                    .joined()
            let bytes = Array(text.utf8)
            let one = (try? bytes.withUnsafeBytes { try EventJSONDecoder().parse($0) }) != nil
            let other = (try? bytes.withUnsafeBytes { try JSONText.validate($0) }) != nil
            #expect(one == other, "\(text)")
            accepted += one ? 1 : 0
        }
        #expect((2000..<18_000).contains(accepted), "\(accepted)")
    }
}
