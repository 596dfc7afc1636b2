internal import Testing

@testable import Troupe

@Suite("Text from outside, for people") struct PrintableTests {
    @Test("F6: controls, newlines and directions are escaped, and nothing else is")
    func text() {
        #expect(Printable.text("käse 🧀 \\n {\"a\":1}") == "käse 🧀 \\n {\"a\":1}")
        #expect(Printable.text("ok\n  outstanding: x") == "ok\\n  outstanding: x")
        #expect(Printable.text("\u{1B}[31mred\u{1B}[0m\r\t\u{0}") == "\\u001b[31mred\\u001b[0m\\r\\t\\u0000")
        // CR and LF are one Character.
        #expect(Printable.text("a\r\nb") == "a\\r\\nb")
        for value in Array(0..<0x20) + Array(0x7F...0x9F) {
            let text = Printable.text("a" + String(UnicodeScalar(UInt8(value))) + "b")
            #expect(text.hasPrefix("a\\") && text.hasSuffix("b"), "\(value)")
        }
        let directions = Array(0x202A...0x202E) + Array(0x2066...0x2069) + [0x200E, 0x200F, 0x61C, 0x2028, 0x2029]
        for value in directions.compactMap({ UnicodeScalar($0) }) {
            #expect(
                Printable.text(String(Character(value))) == "\\u" + String(value.value + 0x10000, radix: 16).dropFirst()
            )
        }
    }

    @Test("F6: a line keeps our own emphasis on a terminal, and nothing that outside text made")
    func line() {
        let own = TextStyle.terminal.red("x") + "  " + TextStyle.terminal.bold("y")
        #expect(Printable.line(own, keepsStyle: true) == own)
        #expect(Printable.line(own, keepsStyle: false) == "\\u001b[31mx\\u001b[0m  \\u001b[1my\\u001b[0m")
        for other in ["\u{1B}[2J", "\u{1B}]0;title\u{7}", "\u{1B}[5m", "\u{1B}[31", "\u{1B}", "\u{9B}31m"] {
            #expect(Printable.line("a" + other + "b\n", keepsStyle: true) == Printable.text("a" + other + "b\n"))
        }
    }

    @Test("F6: a handler's own log keeps tabs and colours on a terminal, and moves no cursor")
    func log() {
        #expect(Printable.log("\u{1B}[38;5;9mhot\u{1B}[m\tx") == "\u{1B}[38;5;9mhot\u{1B}[m\tx")
        #expect(Printable.log("\u{1B}[2Jx\u{1B}[1Ay\r") == "\\u001b[2Jx\\u001b[1Ay\\r")
    }
}
