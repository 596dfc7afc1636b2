internal import Glibc
internal import Troupe

/// Passes data on as it is, and notes each event in a file before it says anything.
struct Relay: Handler {
    var name: String { role.name }
    private let role: Role
    private let effects: EffectsFile

    init(settings: Settings) throws {
        guard let role = Role.all.first(where: { $0.name == settings["role"] }) else {
            let names = Role.all.map(\.name).joined(separator: ", ")
            throw SettingsError(key: "role", message: "--set role= takes one of \(names)")
        }
        self.role = role
        guard let path = settings["effects"] else {
            throw SettingsError(key: "effects", message: "--set effects= must name a file")
        }
        effects = try EffectsFile(path)
    }

    struct Stumble: Error {}

    var reactions: some Reactions {
        OnTopic(role.hears) { event, handling in
            try effects.append("\(event.id) \(handling.attempt) \(getpid())\n")
            // Some events fail once, so that parks are killed as well; by the data, so that each run does the same.
            let stumbles = role.stumbles && event.data.dropLast().suffix(2).elementsEqual("77".utf8)
            if stumbles, handling.attempt == 1 { throw Stumble() }
            for topic in role.says { try handling.emit(topic: topic, data: event.data) }
        }
        .declaring(role.says)
    }
}

extension OnTopic {
    /// ``emits(topics:)`` for a list.
    fileprivate func declaring(_ topics: [String]) -> Self {
        topics.reduce(self) { $0.emits(topics: $1) }
    }
}
