internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Troupe

/// What a shell offers for a word that only a home knows. A completion never fails: what cannot be read offers nothing.
enum Candidates {
    /// Handlers that are registered or ran, and, unless another home is named, those of the choreography file.
    static var handlers: CompletionKind {
        .custom { words, _, _ in
            let home = home(words)
            var names = Set(HomeLook(home).registrations.map(\.handler))
            names.formUnion(LauncherFolder(home: home).known())
            if named(words) == nil { names.formUnion(file(words)?.handlers.map(\.name) ?? []) }
            return names.map(\.text).sorted()
        }
    }

    /// Handlers of the choreography file.
    static var handlersOfFile: CompletionKind {
        .custom { words, _, _ in file(words)?.handlers.map(\.name.text) ?? [] }
    }

    /// Topics that a registered handler consumes, or a running one consumes or emits.
    static var topics: CompletionKind {
        .custom { words, _, _ in
            let home = home(words)
            var topics = Set(HomeLook(home).registrations.flatMap(\.topics.keys).map(\.text))
            let directory = DirectoryFolder(home: home)
            for publisher in HomeLook.slots(in: home) {
                guard let record = (try? directory.live(publisher)) ?? nil else { continue }
                topics.formUnion(record.declaration.emits)
                topics.formUnion(record.declaration.consumes.map(\.topic))
            }
            return topics.sorted()
        }
    }

    /// Choreography files.
    static var files: CompletionKind { .file(extensions: ["yaml", "yml"]) }

    private static func home(_ words: [String]) -> Home {
        named(words) ?? file(words)?.resolvedHome ?? Home(".troupe")
    }

    private static func named(_ words: [String]) -> Home? { try? HomeOptions.named(option(["--home"], words)) }

    private static func file(_ words: [String]) -> ChoreographyFile? {
        let found = ChoreographyFile.candidates()
        guard let path = option(["--file", "-f"], words) ?? (found.count == 1 ? found[0] : nil) else { return nil }
        return try? ChoreographyFile.read(path)
    }

    /// The value of an option as it is typed so far: `--home DIR` or `--home=DIR`.
    static func option(_ names: [String], _ words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if names.contains(word), index + 1 < words.count, !words[index + 1].isEmpty { return words[index + 1] }
            for name in names where word.hasPrefix(name + "=") { return String(word.dropFirst(name.count + 1)) }
        }
        return nil
    }
}
