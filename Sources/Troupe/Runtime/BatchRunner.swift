package import Choreography
package import Envelope
package import Logging

/// Runs a batch's events through their reactions, one after the other, and says what came of each.
///
/// The same for worker threads and for the in-memory stage; only who waits for an asynchronous reaction differs.
package struct BatchRunner: Sendable {
    package let handler: HandlerName
    private let reactions: [ReadyReaction]
    package let settings: Settings
    package let logger: Logger
    package let hopLimit: Int
    package let dataLimit: Int
    package let clock: @Sendable () -> Timestamp
    private let scope: TraceScope

    package init(
        handler: HandlerName, reactions: [Topic: Reaction], options: RuntimeOptions, scope: TraceScope = TraceScope(),
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.handler = handler
        self.reactions = reactions.values.map { ReadyReaction($0) }
        settings = options.settings
        logger = options.logger
        hopLimit = options.hopLimit
        dataLimit = options.dataLimit
        self.clock = clock
        self.scope = scope
    }

    /// An event that is to be reacted to.
    private struct Prepared {
        let ready: ReadyReaction
        let context: Context
        /// Where the data lies in the record.
        let data: Range<Int>
    }

    private enum Step {
        case done(Outcome)
        case react(Prepared)
    }

    /// Runs a batch on a thread that may block; `wait` runs an asynchronous reaction to its end. Ends early, with fewer
    /// outcomes than works, when they amount to a large entry.
    package func run(
        _ batch: Batch, at place: inout Workplace, wait: (@escaping @Sendable () async throws -> Void) throws -> Void
    ) -> BatchResult {
        var failed: Set<String> = []
        var result = BatchResult()
        result.reserveCapacity(batch.works.count)
        var bytes = 0
        for index in batch.works.indices where bytes < Self.byteLimit {
            let began = clock()
            let outcome: Outcome
            switch prepare(batch.works[index], batch, failed, now: began, &place) {
            case .done(let result): outcome = result
            case .react(let prepared):
                let context = prepared.context
                outcome = conclude(context) {
                    switch prepared.ready.body {
                    case .bytes(let body):
                        let record = batch.works[index].record
                        context.openOnThread()
                        try scope.run(context) { try body(record.span.extracting(prepared.data), context) }
                    case .synchronous(let body):
                        context.openOnThread()
                        try scope.run(context) { try body(context.event, context) }
                    case .asynchronous(let body):
                        try wait { [scope] in
                            context.open()
                            try await scope.run(context) { try await body(context.event, context) }
                        }
                    }
                }
            }
            note(outcome, in: &failed)
            result.append(outcome, began: began)
            bytes += Self.bytes(outcome, of: batch.works[index])
        }
        return result
    }

    /// Runs a batch at a workplace of its own.
    package func run(
        _ batch: Batch, wait: (@escaping @Sendable () async throws -> Void) throws -> Void
    ) -> BatchResult {
        var place = Workplace()
        return run(batch, at: &place, wait: wait)
    }

    /// Runs a batch in the calling task.
    package func run(_ batch: Batch) async -> BatchResult {
        var place = Workplace()
        var failed: Set<String> = []
        var result = BatchResult()
        var bytes = 0
        for index in batch.works.indices where bytes < Self.byteLimit {
            let began = clock()
            let outcome: Outcome
            switch prepare(batch.works[index], batch, failed, now: began, &place) {
            case .done(let result): outcome = result
            case .react(let prepared):
                let context = prepared.context
                var failure: (any Error)?
                context.open()
                do {
                    switch prepared.ready.body {
                    case .bytes(let body):
                        let record = batch.works[index].record
                        try scope.run(context) { try body(record.span.extracting(prepared.data), context) }
                    case .synchronous(let body): try scope.run(context) { try body(context.event, context) }
                    case .asynchronous(let body):
                        try await scope.run(context) { try await body(context.event, context) }
                    }
                } catch {
                    failure = error
                }
                outcome = conclude(context) { if let failure { throw failure } }
            }
            note(outcome, in: &failed)
            result.append(outcome, began: began)
            bytes += Self.bytes(outcome, of: batch.works[index])
        }
        return result
    }

    /// Where a batch ends early, so that its entry stays well below what a journal takes (32 MiB): the last reaction
    /// may add what one reaction may emit.
    private static let byteLimit = 4 << 20

    /// What an outcome adds to its entry, about.
    private static func bytes(_ outcome: Outcome, of work: Work) -> Int {
        if case .handled(let events) = outcome { return events.reduce(0) { $0 + $1.data.count + 256 } }
        return work.record.count
    }

    private func prepare(
        _ work: Work, _ batch: Batch, _ failed: Set<String>, now: Timestamp, _ place: inout Workplace
    ) -> Step {
        let blocked = work.isParked ? failed : (failed.isEmpty ? batch.blocked : batch.blocked.union(failed))
        do {
            return try work.record.withUnsafeBytes { bytes in
                let view = try RecordView(bytes)
                let ready = place.reaction(to: view, in: reactions)
                var event: Event?
                if let ready, !ready.takesBytes {
                    event = try place.decoder.event(view)
                } else {
                    try place.decoder.check(view)
                }
                if !Triage.reacts(to: view, deaths: work.deaths, hopLimit: hopLimit, blocked: blocked) {
                    let whole: Event
                    if let event { whole = event } else { whole = try view.event() }
                    if let outcome = triage(whole, work, blocked, now: now) { return .done(outcome) }
                    event = whole
                }
                guard let ready else { return .done(.handled([])) }
                let context = place.context(
                    for: work.record, event: event, attempt: Int(work.parkedAttempts ?? 0) + 1, ready: ready
                ) {
                    Context(
                        $0, settings: settings, logger: logger, handler: handler, dataLimit: dataLimit, clock: clock)
                }
                return .react(
                    Prepared(
                        ready: ready, context: context, data: bytes.count - view.data.count..<bytes.count))
            }
        } catch {
            let message = (error as? EnvelopeError)?.message ?? "\(error)"
            return .done(.failed("\(ReactionFailure(.badRecord, message))", isFinal: true, key: ""))
        }
    }

    /// What comes of an event that no reaction sees; nil if one does.
    private func triage(_ event: Event, _ work: Work, _ blocked: Set<String>, now: Timestamp) -> Outcome? {
        switch Triage.decide(
            event, isParked: work.isParked, deaths: work.deaths, now: now, hopLimit: hopLimit, blocked: blocked)
        {
        case .expired: .expired
        case .wait(let until): .wait(until: until, key: event.orderingKey)
        case .behind: .behind(key: event.orderingKey)
        case .tooDeep(let path):
            .failed("\(ReactionFailure(.tooDeep, path))", isFinal: true, key: event.orderingKey)
        case .poison(let reason):
            .failed("\(ReactionFailure(.poison, reason))", isFinal: true, key: event.orderingKey)
        case .react: nil
        }
    }

    private func conclude(_ context: Context, _ body: () throws -> Void) -> Outcome {
        do {
            try body()
            return .handled(try context.close())
        } catch {
            // What was emitted before the error is not published: the event is handled whole or not at all.
            _ = try? context.close()
            let isFinal = (error as? ReactionFailure) != nil
            context.logger.warning(
                "a reaction failed", metadata: ["reason": "\(error)", "attempt": "\(context.attempt)"])
            return .failed("\(error)", isFinal: isFinal, key: context.event.orderingKey)
        }
    }

    private func note(_ outcome: Outcome, in failed: inout Set<String>) {
        switch outcome {
        case .failed(_, _, let key) where !key.isEmpty: failed.insert(key)
        case .behind(let key): failed.insert(key)
        default: break
        }
    }
}
