package import ArgumentParser
internal import Glibc

/// The command line of this process, before and after it is parsed.
package enum CommandLineText {
    /// What to say of the first argument, or of $TROUPE_HOME, if it is not UTF-8: Swift would put U+FFFD into it and go on.
    package static var complaint: String? {
        let arguments = (1..<max(1, Int(CommandLine.argc))).compactMap { CommandLine.unsafeArgv[$0] }
        let home = getenv("TROUPE_HOME").map { [("$TROUPE_HOME", bytes($0))] } ?? []
        return complaint(about: arguments.enumerated().map { ("argument \($0 + 1)", bytes($1)) } + home)
    }

    /// The same for texts with their names.
    package static func complaint(about texts: [(name: String, bytes: [UInt8])]) -> String? {
        for (name, bytes) in texts where String(validating: bytes, as: UTF8.self) == nil {
            return "\(name) is not UTF-8 text: '\(shown(bytes))'. Write it in UTF-8"
        }
        return nil
    }

    private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    /// At most 64 bytes, everything but printable ASCII as `\xHH`, with the first that is wrong among them.
    private static func shown(_ bytes: [UInt8]) -> String {
        var valid = 0
        while valid < bytes.count, bytes[valid] < 0x80 { valid += 1 }
        let start = max(0, min(valid - 32, bytes.count - 64))
        let text = bytes[start...].prefix(64).map { byte in
            (0x20..<0x7f).contains(byte)
                ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16).leftPadded(with: "0", to: 2)
        }.joined()
        return (start > 0 ? "…" : "") + text + (start + 64 < bytes.count ? "…" : "")
    }

    /// Ends the process as ArgumentParser does, but for this: what is wrong with a command line takes one line, and help
    /// that cannot be written is no success.
    package static func exit<C: ParsableCommand>(_ command: C.Type, with error: any Error, as program: String) -> Never
    {
        let status = command.exitCode(for: error)
        let text = command.fullMessage(for: error)
        guard status == .success else {
            if !text.isEmpty { FileHandle.writeError(line(text, program)) }
            Glibc.exit(status.rawValue)
        }
        let failure = text.isEmpty ? 0 : FileHandle.writeLine(text, to: STDOUT_FILENO)
        if failure != 0 { FileHandle.endUnwritten(failure, by: program) }
        Glibc.exit(0)
    }

    /// One line of what ArgumentParser says in several: the error, what the option takes, and where to read on.
    package static func line(_ message: String, _ program: String) -> String {
        var parts: [String] = []
        var choices: [String] = []
        var hint: String?
        var isUsage = false
        for line in message.split(whereSeparator: \.isNewline) {
            let words = line.drop { $0 == " " }
            if words.hasPrefix("Usage:") { isUsage = true }
            if words.hasPrefix("See '"), let end = words.dropFirst(5).firstIndex(of: "'") {
                hint = String(words[...end])
            } else if words.hasPrefix("Help:") {
                // What the option takes stands after its name and two spaces.
                let text = words.dropFirst(5).drop { $0 == " " }
                let help = text.firstRange(of: "  ").map { text[$0.upperBound...] } ?? text
                parts.append("(\(help.last == "." ? help.dropLast() : help))")
            } else if words.hasPrefix("- ") {
                choices.append(String(words.dropFirst(2)))
            } else if !isUsage {
                parts.append(String(words.hasPrefix("Error: ") ? words.dropFirst(7) : words))
            }
        }
        if !choices.isEmpty { parts.insert(choices.joined(separator: ", "), at: min(1, parts.count)) }
        var text = parts.joined(separator: " ")
        text = text.prefix(1).lowercased() + text.dropFirst()
        if let last = text.last, !".?!".contains(last) { text += "." }
        return "\(program): \(text)" + (hint.map { " \($0)" } ?? "")
    }
}

extension String {
    fileprivate func leftPadded(with character: Character, to count: Int) -> String {
        String(repeating: character, count: max(0, count - self.count)) + self
    }
}
