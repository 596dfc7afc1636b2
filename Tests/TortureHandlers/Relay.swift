internal import Glibc
internal import Troupe

/// Passes data on as it is, and notes each event in a file before it says anything.
struct Relay<R: Role>: Handler {
    static var name: String { R.name }
    private let effects: EffectsFile

    init(settings: Settings) throws {
        guard let path = settings["effects"] else {
            throw SettingsError(key: "effects", message: "--set effects= must name a file")
        }
        effects = try EffectsFile(path)
    }

    struct Stumble: Error {}

    var reactions: some Reactions {
        OnTopic(R.hears) { event, context in
            try effects.append("\(event.id) \(context.attempt) \(getpid())\n")
            // Some events fail once, so that parks are killed as well; by the data, so that each run does the same.
            let stumbles = R.stumbles && event.data.dropLast().suffix(2).elementsEqual("77".utf8)
            if stumbles, context.attempt == 1 { throw Stumble() }
            for topic in R.says { context.emit(topic: topic, data: event.data) }
        }
        .declaring(R.says)
    }
}

extension OnTopic {
    /// ``emits(topics:)`` for a list.
    fileprivate func declaring(_ topics: [String]) -> Self {
        topics.reduce(self) { $0.emits(topics: $1) }
    }
}
