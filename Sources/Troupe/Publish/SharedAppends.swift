internal import Choreography
internal import Envelope

/// Appends what many callers publish at once: carries out what a ``PublishQueue`` decides.
///
/// A thread of its own appends, which may block; callers wait without one.
final class SharedAppends: Sendable {
    private typealias Caller = CheckedContinuation<Void, any Error>

    private struct State {
        var queue: PublishQueue
        var lastCall: UInt64 = 0
        /// Who waits for room.
        var turns: [UInt64: Caller] = [:]
        /// Who waits until its batch has reached its level.
        var answers: [UInt64: Caller] = [:]
        /// What the log cannot go on after.
        var failure: (any Error)?
        var end: Result<Void, any Error>?
        var closers: [Caller] = []

        mutating func takeTurns(_ calls: [UInt64]) -> [Caller] { calls.compactMap { turns.removeValue(forKey: $0) } }
    }

    private enum Step {
        case append(PublishQueue.Append, admitted: [Caller])
        case end
    }

    private let name: String
    private let monitor: Monitor<State>

    /// Appends to a log until ``close()``, and closes it then.
    init(_ name: String, log: any EngineLog, level: Durability, limits: PublishQueue.Limits) {
        self.name = name
        let monitor = Monitor(State(queue: PublishQueue(limits: limits)))
        self.monitor = monitor
        _ = OSThread { Self.work(monitor, log, level) }
    }

    /// Returns when the roots have reached their level. Throws `CancellationError` when the task was cancelled before they
    /// were appended; then none of them is or will be.
    func publish(_ roots: RootRecords) async throws {
        let call = monitor.with { state in
            state.lastCall += 1
            return state.lastCall
        }
        try await withTaskCancellationHandler {
            try await turn(of: call, bytes: roots.bytes.count)
            try await answer(to: call, roots)
        } onCancel: {
            cancel(call)
        }
    }

    /// Lets nothing in any more; what is in is appended, and then the log is closed.
    func close() {
        monitor.with { $0.queue.close() }
        monitor.signal()
    }

    /// As ``close()``, but callers whose batches are not being appended are turned away.
    func drop() {
        let callers = monitor.with { state in
            state.queue.drop().compactMap {
                state.turns.removeValue(forKey: $0) ?? state.answers.removeValue(forKey: $0)
            }
        }
        monitor.signal()
        for caller in callers { caller.resume(throwing: CancellationError()) }
    }

    /// Returns when the log is closed. Throws what it failed with.
    func ended() async throws {
        try await withCheckedThrowingContinuation { (caller: Caller) in
            let end = monitor.with { state in
                if state.end == nil { state.closers.append(caller) }
                return state.end
            }
            if let end { caller.resume(with: end) }
        }
    }

    /// As ``ended()``, for a thread that may block.
    func waitUntilEnded() throws { try monitor.wait { $0.end }.get() }

    private func turn(of call: UInt64, bytes: Int) async throws {
        try await withCheckedThrowingContinuation { (caller: Caller) in
            let entrance = monitor.with { state in
                let entrance = state.queue.enter(call, bytes: bytes)
                if entrance == .waits { state.turns[call] = caller }
                return entrance
            }
            switch entrance {
            case .entered: caller.resume()
            case .waits: cancelIfCancelled(call)
            case .refused:
                caller.resume(
                    throwing: HandlerError(
                        .failed, "the publisher '\(name)' is closed, and nothing was published; open it again"))
            }
        }
    }

    private func answer(to call: UInt64, _ roots: RootRecords) async throws {
        try await withCheckedThrowingContinuation { (caller: Caller) in
            let isIn = monitor.with { state in
                guard state.queue.submit(call, roots) else { return false }
                state.answers[call] = caller
                return true
            }
            guard isIn else { return caller.resume(throwing: CancellationError()) }
            monitor.signal()
            cancelIfCancelled(call)
        }
    }

    /// For a task that was cancelled before there was anything to cancel.
    private func cancelIfCancelled(_ call: UInt64) {
        if Task.isCancelled { cancel(call) }
    }

    private func cancel(_ call: UInt64) {
        let (own, admitted) = monitor.with { state -> (Caller?, [Caller]) in
            guard case .removed(let admitted) = state.queue.cancel(call) else { return (nil, []) }
            let own = state.turns.removeValue(forKey: call) ?? state.answers.removeValue(forKey: call)
            return (own, state.takeTurns(admitted))
        }
        monitor.signal()
        own?.resume(throwing: CancellationError())
        for caller in admitted { caller.resume() }
    }

    private static func work(_ monitor: Monitor<State>, _ log: any EngineLog, _ level: Durability) {
        while true {
            let step = monitor.wait { state -> Step? in
                if let append = state.queue.take() {
                    return .append(append, admitted: state.takeTurns(append.admitted))
                }
                return state.queue.isDrained ? .end : nil
            }
            guard case .append(let append, let admitted) = step else { break }
            for caller in admitted { caller.resume() }
            var draft = EntryDraft(time: WallClock.now())
            draft.roots = append.roots
            let done: @Sendable (Result<Void, any Error>) -> Void = { conclude(append.calls, $0, monitor) }
            do { try log.append(draft, level: level, then: done) } catch { done(.failure(error)) }
        }
        let closed = Result { try log.close() }
        let (end, closers) = monitor.with { state -> (Result<Void, any Error>, [Caller]) in
            let end = state.failure.map { .failure($0) } ?? closed
            state.end = end
            defer { state.closers = [] }
            return (end, state.closers)
        }
        monitor.signal()
        for closer in closers { closer.resume(with: end) }
    }

    private static func conclude(_ calls: [UInt64], _ result: Result<Void, any Error>, _ monitor: Monitor<State>) {
        let callers = monitor.with { state -> [Caller] in
            state.queue.finish()
            if case .failure(let error) = result, (error as? EngineError)?.code != .noSpace, state.failure == nil {
                state.failure = error
                state.queue.close()
            }
            return calls.compactMap { state.answers.removeValue(forKey: $0) }
        }
        monitor.signal()
        for caller in callers { caller.resume(with: result) }
    }
}
