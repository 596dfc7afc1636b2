internal import Yams

/// A mapping of a file whose errors say `FILE:LINE:` and what to do.
struct YAMLFields {
    private struct Entry {
        let key: String
        let line: Int
        let value: Node
    }

    let file: String
    /// The line that the mapping belongs to.
    let line: Int
    private let entries: [Entry]

    /// `what` completes "expected …".
    init(_ node: Node, file: String, line: Int, what: String) throws {
        self.file = file
        self.line = line
        guard let mapping = node.mapping else {
            throw CommandError("\(file):\(node.mark?.line ?? line): expected \(what)")
        }
        entries = try mapping.map { key, value in
            let keyLine = key.mark?.line ?? line
            guard let text = key.scalar?.string, !text.isEmpty else {
                throw CommandError("\(file):\(keyLine): expected a key that is a word")
            }
            return Entry(key: text, line: keyLine, value: value)
        }
    }

    /// The keys with their lines, in the order of the file.
    var keys: [Located<String>] { entries.map { Located(value: $0.key, line: $0.line) } }

    /// Throws at the first key that is none of `known`.
    func allow(_ known: [String], in place: String) throws {
        for entry in entries where !known.contains(entry.key) {
            throw CommandError(
                "\(file):\(entry.line): unknown key '\(entry.key)' \(place)"
                    + Nearest.question(entry.key, among: known) + " Known are: \(known.joined(separator: ", "))")
        }
    }

    private func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

    /// A failure at a key's value.
    func problem(_ key: String, _ message: String) -> CommandError {
        CommandError("\(file):\(entry(key).map { $0.value.mark?.line ?? $0.line } ?? line): \(message)")
    }

    /// A scalar as it is written.
    func text(_ key: String, expected: String) throws -> Located<String>? {
        guard let entry = entry(key) else { return nil }
        guard let text = entry.value.scalar?.string, !text.isEmpty else {
            throw problem(key, "'\(key)' expects \(expected)")
        }
        return Located(value: text, line: entry.value.mark?.line ?? entry.line)
    }

    /// One of a few words.
    func choice<T>(_ key: String, _ words: [String], _ make: (String) -> T?) throws -> T? {
        let all = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        guard let text = try text(key, expected: all) else { return nil }
        guard let value = make(text.value) else {
            throw CommandError(
                "\(file):\(text.line): unknown value '\(text.value)' of '\(key)'"
                    + Nearest.question(text.value, among: words) + " Expected \(all)")
        }
        return value
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
        guard let text = try text(key, expected: expected) else { return nil }
        guard let number = Int(text.value), range.contains(number) else {
            throw CommandError("\(file):\(text.line): '\(key)' is '\(text.value)'; expected \(expected)")
        }
        return number
    }

    /// A list of words.
    func list(_ key: String, expected: String) throws -> [Located<String>] {
        guard let entry = entry(key) else { return [] }
        guard let items = entry.value.sequence else { throw problem(key, "'\(key)' expects \(expected)") }
        return try items.map { item in
            let line = item.mark?.line ?? entry.line
            guard let text = item.scalar?.string, !text.isEmpty else {
                throw CommandError("\(file):\(line): '\(key)' expects \(expected)")
            }
            return Located(value: text, line: line)
        }
    }

    /// A mapping below a key; nil if the key is absent or has no value.
    func fields(_ key: String, what: String) throws -> YAMLFields? {
        guard let entry = entry(key) else { return nil }
        if let text = entry.value.scalar?.string, text.isEmpty { return nil }
        return try YAMLFields(entry.value, file: file, line: entry.line, what: what)
    }

    /// Whether a key's value is a mapping.
    func isMapping(_ key: String) -> Bool { entry(key)?.value.mapping != nil }

    /// All entries as words; nil for those without a value: `~`, `null`, or nothing.
    func texts() throws -> [String: String?] {
        var result: [String: String?] = [:]
        for entry in entries {
            if entry.value.null != nil {
                result[entry.key] = .some(nil)
                continue
            }
            guard let text = entry.value.scalar?.string else {
                throw problem(entry.key, "'\(entry.key)' expects one value, not a list or a map")
            }
            result[entry.key] = text
        }
        return result
    }
}
