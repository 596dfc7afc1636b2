internal import Troupe

/// When failed events are tried again; what is nil is said elsewhere or has its default.
struct RetrySpec: Sendable, Hashable {
    var attempts: Int?
    var first: TimeSpan?
    var maximum: TimeSpan?

    /// What is said here, else what `general` says.
    func over(_ general: RetrySpec) -> RetrySpec {
        RetrySpec(
            attempts: attempts ?? general.attempts, first: first ?? general.first, maximum: maximum ?? general.maximum)
    }
}
