internal import Choreography
internal import Envelope
internal import Troupe

/// What a choreography file says of one handler.
struct HandlerSpec: Sendable, Hashable {
    /// Where a handler begins on topics that it was never registered for.
    enum Start: Sendable, Hashable {
        case all(RuntimeOptions.Start)
        case byTopic([Topic: Located<RuntimeOptions.Start>])
    }

    var name: HandlerName
    /// The line of its name.
    var line: Int
    /// A name that is searched for, or a path.
    var executable: Located<String>?
    var settings: [String: String] = [:]
    /// The line of `settings`.
    var settingsLine: Int?
    /// Nil takes a variable away.
    var environment: [String: String?] = [:]
    var start: Start?
    var durability: Durability?
    var retry = RetrySpec()
    var retention = RetentionSpec()
    var lanes: Int?
    var log: String?
    /// Where it offers its metrics.
    var metrics: MetricsAddress?

    /// Where the handler begins on a topic, if the file says so.
    func start(on topic: Topic) -> RuntimeOptions.Start? {
        switch start {
        case .all(let start): start
        case .byTopic(let map): map[topic]?.value
        case nil: nil
        }
    }
}
