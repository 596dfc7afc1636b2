/// Text from outside as people may read it: nothing in it moves the cursor, begins a line, colours the terminal or turns
/// the direction of writing.
///
/// What does is written as `\n`, `\r`, `\t` or `\u001b`, which within a JSON string means the same. Everything that prints
/// for people goes through here; JSON and other formats for programs escape by rules of their own.
package enum Printable {
    /// Escapes C0 and C1 controls, DEL, line and paragraph separators, and what controls the direction of writing
    /// (Unicode Standard Annex 9, explicit directional formatting).
    package static func text(_ text: some StringProtocol) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return String(text) }
        var result = ""
        for scalar in text.unicodeScalars { append(scalar, to: &result) }
        return result
    }

    /// A line that a command put together: as ``text(_:)``, but for the emphasis of ``TextStyle``.
    package static func line(_ text: String, keepsStyle: Bool) -> String {
        guard keepsStyle else { return Self.text(text) }
        return keepingEmphasis(text, isKept: { TextStyle.codes.contains(String($0)) })
    }

    /// A line of a handler's own log, for a terminal: tabs and colours stay.
    package static func log(_ text: String) -> String {
        keepingEmphasis(text, isKept: { _ in true }, keepsTabs: true)
    }

    /// Escapes all but select graphic rendition (ECMA-48 §8.3.117) with parameters that are kept.
    private static func keepingEmphasis(
        _ text: String, isKept: (Substring) -> Bool, keepsTabs: Bool = false
    ) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        var rest = text[...]
        while let scalar = rest.unicodeScalars.first {
            if scalar == "\u{1B}", let parameters = emphasis(at: rest), isKept(parameters) {
                result += "\u{1B}[\(parameters)m"
                rest.unicodeScalars.removeFirst(parameters.unicodeScalars.count + 3)
                continue
            }
            if keepsTabs, scalar == "\t" { result += "\t" } else { append(scalar, to: &result) }
            rest.unicodeScalars.removeFirst()
        }
        return result
    }

    /// The parameters of the sequence that begins the text, if it selects a rendition and nothing else.
    private static func emphasis(at text: Substring) -> Substring? {
        let scalars = text.unicodeScalars
        guard let bracket = scalars.dropFirst().first, bracket == "[" else { return nil }
        let parameters = scalars.dropFirst(2).prefix { ("0"..."9").contains($0) || $0 == ";" || $0 == ":" }
        guard parameters.count <= 32, parameters.endIndex < scalars.endIndex, scalars[parameters.endIndex] == "m" else {
            return nil
        }
        return Substring(parameters)
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar {
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case _ where isControl(scalar):
            let digits = String(scalar.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

extension StringProtocol {
    /// The text as people may read it: see ``Printable``.
    package var printable: String { Printable.text(self) }
}
