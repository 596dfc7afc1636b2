package import Choreography
package import Envelope
internal import Glibc
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

    /// What came of the events so far, and what is blocked by it.
    private struct Progress {
        var result = BatchResult()
        /// Keys of which an event failed in this batch.
        var failed: Set<String> = []
        /// What the outcomes add to the entry, about.
        var bytes = 0

        init(_ batch: Batch) { result.reserveCapacity(batch.count) }

        /// Whether the batch ends here. Its entry stays well below what a journal takes (32 MiB): the last reaction may
        /// add what one reaction may emit. And what slow reactions say does not wait for all the others of the batch.
        var isOver: Bool {
            guard bytes < 4 << 20 else { return true }
            guard let first = result.began.first, let last = result.began.last else { return false }
            return last.microseconds - first.microseconds > 10_000
        }

        /// The keys that hold back an event.
        func blocked(_ work: Work, _ batch: Batch) -> Set<String> {
            work.isParked ? failed : (failed.isEmpty ? batch.blocked : batch.blocked.union(failed))
        }

        mutating func note(_ outcome: Outcome, began: Timestamp, size: Int) {
            switch outcome {
            case .handled(let events): for index in events.indices { bytes += events[index].data.count + 256 }
            case .failed(_, _, let key):
                if !key.isEmpty { failed.insert(key) }
                bytes += size
            case .behind(let key):
                failed.insert(key)
                bytes += size
            case .expired, .wait: bytes += size
            }
            result.append(outcome, began: began)
        }
    }

    private enum Step {
        case done(Outcome)
        /// The context is the caller's, and the data lies in the work's records, from their start.
        case react(ReadyReaction, Handling, data: Range<Int>)
    }

    /// Runs a batch on a thread that may block; `wait` runs an asynchronous reaction to its end. Ends early, with fewer
    /// outcomes than events, when they amount to a large entry or took long.
    package func run(
        _ batch: Batch, at place: inout Workplace, wait: (@escaping @Sendable () async throws -> Void) throws -> Void
    ) -> BatchResult {
        var progress = Progress(batch)
        for work in batch.works {
            // Most of the time, all of it.
            var (done, offset) = runBytes(work, batch, &progress, &place)
            while done < work.count, !progress.isOver {
                let range = Self.range(of: work, at: offset)
                let began = clock()
                let outcome: Outcome
                switch prepare(work, range, progress.blocked(work, batch), now: began, &place) {
                case .done(let result): outcome = result
                case .react(let ready, let context, let data):
                    outcome = conclude(context) {
                        switch ready.body {
                        case .bytes(let body):
                            context.openOnThread()
                            try scope.run(context) { try body(work.records.span.extracting(data), context) }
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
                    place.put(context)
                }
                progress.note(outcome, began: began, size: range.count)
                offset = range.upperBound
                done += 1
            }
            if progress.isOver { break }
        }
        return progress.result
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
        var progress = Progress(batch)
        for work in batch.works.flatMap(\.each) where !progress.isOver {
            let began = clock()
            let outcome: Outcome
            let range = 0..<work.records.count
            switch prepare(work, range, progress.blocked(work, batch), now: began, &place) {
            case .done(let result): outcome = result
            case .react(let ready, let context, let data):
                var failure: (any Error)?
                context.open()
                do {
                    switch ready.body {
                    case .bytes(let body):
                        try scope.run(context) { try body(work.records.span.extracting(data), context) }
                    case .synchronous(let body): try scope.run(context) { try body(context.event, context) }
                    case .asynchronous(let body):
                        try await scope.run(context) { try await body(context.event, context) }
                    }
                } catch {
                    failure = error
                }
                outcome = conclude(context) { if let failure { throw failure } }
                place.put(context)
            }
            progress.note(outcome, began: began, size: range.count)
        }
        return progress.result
    }

    /// Where the record at an offset lies in a work's records; the rest of them, if no length there can be one.
    private static func range(of work: Work, at offset: Int) -> Range<Int> {
        if work.count == 1 { return 0..<work.records.count }
        return work.records.withUnsafeBytes { all in
            offset..<(offset + (RecordRun.length(at: offset, in: all) ?? all.count - offset))
        }
    }

    /// Runs the first events of a work while they are plain: fresh, alike, to be reacted to at once by a reaction that
    /// takes bytes, and handled without an error. Returns how many they were, and where the next record lies.
    ///
    /// Nothing is allocated for an event here, and no reference is counted that the reaction does not count.
    private func runBytes(
        _ work: Work, _ batch: Batch, _ progress: inout Progress, _ place: inout Workplace
    ) -> (done: Int, offset: Int) {
        guard !work.isParked, work.deaths == 0, batch.blocked.isEmpty, progress.failed.isEmpty, !scope.isActive else {
            return (0, 0)
        }
        return work.records.withUnsafeBytes { all in
            let elements = all.assumingMemoryBound(to: UInt8.self)
            guard let head = try? RecordHead(in: all, at: 0),
                let first = place.reaction(to: head.topicBytes, in: reactions), case .bytes(let body) = first.body
            else { return (0, 0) }
            var (done, offset) = (0, 0)
            let thread = UInt(pthread_self())
            var context: Handling?
            /// What was said by way of handlings that somebody kept.
            var said: [Event] = []
            /// How much was said after each; empty until something is.
            var ends: [Int] = []
            /// How many were handled without an error.
            var handled = 0
            /// What the runner and the handling have of the outcomes goes to the result.
            func settle() {
                guard let context else { return }
                let last = context.takeEmitted()
                if said.isEmpty { said = last } else { said += last }
                progress.result.appendHandled(handled, saying: said, ends: ends)
                (said, ends, handled) = ([], [], 0)
            }
            defer {
                settle()
                if let context { place.put(context) }
            }
            // Of the records that are alike, the first is looked at for all.
            var dataStart: Int?
            while done < work.count, !progress.isOver, let length = RecordRun.length(at: offset, in: all) {
                let end = offset + length
                let record = UnsafeRawBufferPointer(rebasing: all[offset..<end])
                let data: Int
                if let dataStart, place.decoder.repeats(record) {
                    data = offset + dataStart
                } else {
                    guard let view = place.decoder.known(record), first.topicBytes.equals(view.topicBytes),
                        Triage.reacts(to: view, deaths: 0, hopLimit: hopLimit, blocked: batch.blocked)
                    else { break }
                    data = end - view.data.count
                    dataStart = place.decoder.repeats(record) ? data - offset : nil
                }
                let began = clock()
                if !isKnownUniquelyReferenced(&context) {
                    if let kept = context { said += kept.takeEmitted() }
                    context = place.takeHandling(for: work, offset..<end, event: nil, ready: first, make: make)
                }
                guard let context else { break }
                context.open(on: offset..<end, isRepeated: dataStart != nil, thread: thread)
                do {
                    try body(elements.extracting(data..<end).span, context)
                    let (count, bytes) = try context.closeKeeping()
                    progress.result.note(began: began)
                    progress.bytes += bytes
                    if !ends.isEmpty || bytes > 0 {
                        // What was handled before the first that says something ends where that begins.
                        while ends.count < handled { ends.append(0) }
                        ends.append(said.count + count)
                    }
                    handled += 1
                } catch {
                    let outcome = failure(error, context)
                    settle()
                    progress.note(outcome, began: began, size: length)
                    return (done + 1, end)
                }
                done += 1
                offset = end
            }
            return (done, offset)
        }
    }

    private func make(_ subject: ReactionSubject) -> Handling {
        Handling(subject, settings: settings, logger: logger, handler: handler, dataLimit: dataLimit, clock: clock)
    }

    private func prepare(
        _ work: Work, _ range: Range<Int>, _ blocked: Set<String>, now: Timestamp, _ place: inout Workplace
    ) -> Step {
        do {
            return try work.records.withUnsafeBytes { all in
                let view = try RecordView(UnsafeRawBufferPointer(rebasing: all[range]))
                let ready = place.reaction(to: view.topicBytes, in: reactions)
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
                let context = place.takeHandling(for: work, range, event: event, ready: ready, make: make)
                return .react(ready, context, data: (range.upperBound - view.data.count)..<range.upperBound)
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

    private func conclude(_ context: Handling, _ body: () throws -> Void) -> Outcome {
        do {
            try body()
            return .handled(try context.close())
        } catch {
            return failure(error, context)
        }
    }

    /// What comes of an event whose reaction threw.
    private func failure(_ error: any Error, _ context: Handling) -> Outcome {
        // What was emitted before the error is not published: the event is handled whole or not at all.
        _ = try? context.close()
        let isFinal = (error as? ReactionFailure) != nil
        context.logger.warning(
            "a reaction failed", metadata: ["reason": "\(error)", "attempt": "\(context.attempt)"])
        return .failed("\(error)", isFinal: isFinal, key: context.event.orderingKey)
    }
}
