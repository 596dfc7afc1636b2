internal import Choreography
public import Envelope
internal import Glibc
public import Logging
internal import Synchronization

/// What a reaction has at hand: the event with its envelope, its settings, and the means to say what follows.
///
/// Valid until the reaction returns. Emitting later, or from a child task, throws.
///
/// What is refused throws ``ReactionFailure`` at once, and the attempt fails with it even if the reaction catches it: an
/// effect that is missing must not pass for one that was not meant. It is an author's error, so it is not tried again.
public final class Handling: Sendable {
    /// The event being handled, with its envelope.
    public var event: Event {
        state.withLock { state in
            state.subject.decode()
            return state.subject.event
        }
    }
    /// The handler's settings.
    public let settings: Settings
    /// A logger that carries the flow and the event as metadata.
    public var logger: Logger { logger(for: event) }
    /// Which attempt this is; the first is 1.
    public var attempt: Int { state.withLock { $0.subject.attempt } }
    /// Where this handling stands in a distributed trace (W3C Trace Context); send it along with calls to others.
    ///
    /// Emitted events carry it when the event that is handled came with one.
    public var traceparent: Traceparent { .handling(event, by: handler.text) }

    /// The most bytes of data that one reaction may emit: they stand in one entry, which a journal must take.
    private static let emissionLimit = 16 << 20

    /// What time it is: the wall clock's, on a stage in memory the virtual one, in `troupe replay` the recorded one.
    public var now: Timestamp { clock() }

    private let handler: HandlerName
    private let base: Logger
    private let dataLimit: Int
    private let clock: @Sendable () -> Timestamp
    private let state: Mutex<State>

    private struct State {
        var subject: ReactionSubject
        /// Whether anything below was set since the event was turned to.
        var isTouched = false
        /// What was emitted, also by the events before among the same records, whose emissions nobody took yet.
        var emitted: [Event] = []
        /// Where that of this event begins.
        var base = 0
        /// Bytes of their data, about.
        var emittedBytes = 0
        /// What ``Handling/carry(_:_:)`` made of the event's context; nil where nothing was carried.
        var travelling: [String: String]?
        var failure: ReactionFailure?
        var owner: Owner?
        /// Of the event that was emitted last; whatever is emitted next is mostly like it.
        var template: EventTemplate?
        /// The serial that was made last, with what it was made of.
        var lastChild: (parent: Serial, index: Int, serial: Serial)?

        /// The serial of what is emitted next. Events that are alike have the same.
        mutating func nextSerial(_ handler: HandlerName) -> Serial {
            let index = emitted.count - base + 1
            if let last = lastChild, last.index == index, last.parent.text.isIdentical(to: subject.event.serial.text) {
                return last.serial
            }
            let serial = subject.event.serial.child(handler: handler, index: index)
            lastChild = (subject.event.serial, index, serial)
            return serial
        }

        /// Forgets what was carried, and takes what was emitted for that of an event before.
        @inline(__always)
        mutating func reset() {
            guard isTouched else { return }
            isTouched = false
            base = emitted.count
            emittedBytes = 0
            travelling = nil
            failure = nil
        }
    }

    /// Who may emit: the thread of a synchronous reaction, or the task of an asynchronous one.
    private enum Owner: Equatable {
        case thread(UInt)
        case task(Int)

        var isCurrent: Bool {
            if case .thread = self { return self == .currentThread }
            return self == .current
        }

        static var currentThread: Owner { .thread(UInt(pthread_self())) }

        static var current: Owner {
            withUnsafeCurrentTask { task in task.map { .task($0.hashValue) } } ?? currentThread
        }
    }

    package init(
        _ subject: ReactionSubject, settings: Settings, logger: Logger, handler: HandlerName, dataLimit: Int,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.settings = settings
        base = logger
        self.handler = handler
        self.dataLimit = dataLimit
        self.clock = clock
        state = Mutex(State(subject: subject))
    }

    /// Publishes a follow-on event when the reaction has returned, in the same append that marks its cause as heard.
    ///
    /// - Parameters:
    ///   - payload: encoded as JSON; at most 64 KiB unless the handler's limit says otherwise.
    ///   - key: the partition key, by which consumers handle in order: the cause's unless the call says otherwise.
    ///   - notBefore: consumers set the event aside until then.
    ///   - expires: consumers do not handle it from then on.
    /// - Throws: ``ReactionFailure``: `undeclared`, for a topic that `.emits(…)` does not name; `lateEmission`, after the
    ///   reaction returned or from a child task; `badEmission`, for data over the limit, a payload that cannot be encoded, a
    ///   bad attribute, a serial that would be too long, or more than 16 MiB by one reaction.
    public func emit<P: EventPayload>(
        _ payload: P, key: EmissionKey = .inherited, notBefore: Timestamp? = nil, expires: Timestamp? = nil
    ) throws {
        let data: [UInt8]
        do {
            data = try PayloadCoder.encode(payload)
        } catch {
            throw state.withLock { refuse(.badEmission, "\(P.self) cannot be encoded: \(error)", &$0) }
        }
        try emit(topic: P.topic, data: data, key: key, notBefore: notBefore, expires: expires)
    }

    /// Publishes a follow-on event from bytes; JSON unless `contentType` says otherwise. Throws as the other one.
    public func emit(
        topic: String, data: [UInt8], contentType: String? = nil, key: EmissionKey = .inherited,
        notBefore: Timestamp? = nil, expires: Timestamp? = nil
    ) throws {
        let now = clock()
        try state.withLock { state in
            state.subject.decode()
            let key = key.key(after: state.subject.event.partitionKey)
            let traceState = state.subject.event.traceState
            do {
                let template: EventTemplate
                // Mostly it says the same of each event.
                if let last = state.template,
                    last.fits(
                        topic, contentType: contentType, partitionKey: key, traceState: traceState,
                        expiryTime: expires, notBefore: notBefore)
                {
                    template = last
                } else {
                    guard let known = state.subject.declared[topic] else {
                        let topics = state.subject.declared.keys.sorted().joined(separator: ", ")
                        throw refuse(
                            .undeclared,
                            "'\(topic)' is not among what this reaction declares (\(topics)); add it to .emits(…)",
                            &state)
                    }
                    template = try EventTemplate(
                        topic: known, contentType: contentType, partitionKey: key, traceState: traceState,
                        expiryTime: expires, notBefore: notBefore)
                    state.template = template
                }
                guard data.count <= dataLimit else {
                    throw refuse(
                        .badEmission, "the data of '\(topic)' has \(data.count) bytes; the limit is \(dataLimit)",
                        &state)
                }
                state.isTouched = true
                guard let owner = state.owner, owner.isCurrent else {
                    throw refuse(
                        .lateEmission, "'\(topic)' was emitted after the reaction returned or from a child task",
                        &state)
                }
                let effect = try template.event(
                    flow: state.subject.event.flow,
                    serial: state.nextSerial(handler),
                    time: now, data: data,
                    traceparent: state.subject.event.traceparent == nil
                        ? nil : .handling(state.subject.event, by: handler.text),
                    context: state.travelling ?? state.subject.event.context)
                if state.travelling != nil { try effect.validate() }
                state.emittedBytes += data.count + 256
                guard state.emittedBytes <= Self.emissionLimit else {
                    throw refuse(
                        .badEmission,
                        "one reaction emits more than \(Self.emissionLimit >> 20) MiB in all; spread it over several events",
                        &state)
                }
                state.emitted.append(effect)
            } catch let error as EnvelopeError {
                throw refuse(.badEmission, "'\(topic)': \(error)", &state)
            }
        }
    }

    /// Adds an entry to the small map that travels with the flow from here on; events emitted before do not carry it.
    public func carry(_ key: String, _ value: String) {
        state.withLock { state in
            state.subject.decode()
            var travelling = state.travelling ?? state.subject.event.context
            travelling[key] = value
            state.isTouched = true
            state.travelling = travelling
        }
    }

    /// Made when somebody asks: metadata costs more than all else that is done for an event.
    private func logger(for event: Event) -> Logger {
        var logger = base
        logger[metadataKey: "flow"] = "\(event.flow)"
        logger[metadataKey: "event"] = "\(event.serial)"
        return logger
    }

    /// Keeps what was refused, so that the attempt fails even if the reaction catches it, and gives it to be thrown.
    private func refuse(_ code: ReactionFailure.Code, _ message: String, _ state: inout State) -> ReactionFailure {
        let failure = ReactionFailure(code, message)
        if state.owner == nil {
            state.subject.decode()
            logger(for: state.subject.event).error("an emission was refused", metadata: ["reason": "\(message)"])
        } else if state.failure == nil {
            state.isTouched = true
            state.failure = failure
        }
        return failure
    }

    // MARK: the runtime's side

    /// Turns to another event; only for a handling that nobody else has.
    package func turn(
        to records: ArraySlice<UInt8>, _ range: Range<Int>, event: Event?, attempt: Int, ready: ReadyReaction,
        decoder: RecordDecoder
    ) {
        state.withLock { state in
            // Another reaction declares other topics.
            if !state.subject.serves(ready) { state.template = nil }
            state.subject.turn(
                to: records, range, event: event, attempt: attempt, ready: ready, decoder: decoder)
            state.emitted = []
            state.base = 0
            state.reset()
            state.owner = nil
        }
    }

    /// Turns to another event among the same records, and lets a thread emit from here on; only for a handling that nobody
    /// else has.
    @inline(__always)
    package func open(on range: Range<Int>, isRepeated: Bool, thread: UInt) {
        state.withLock { state in
            state.subject.turn(to: range, isRepeated: isRepeated)
            state.reset()
            state.owner = .thread(thread)
        }
    }

    /// When the event happened.
    package var eventTime: Timestamp { state.withLock { $0.subject.time } }

    /// The calling thread may emit from here on; nothing else runs on it while the reaction does.
    package func openOnThread() { state.withLock { $0.owner = .currentThread } }

    /// The calling thread or task may emit from here on.
    package func open() { state.withLock { $0.owner = Owner.current } }

    /// Ends the right to emit. Returns what was emitted; throws what was refused.
    package func close() throws -> [Event] {
        let (events, failure) = state.withLock { state -> ([Event], ReactionFailure?) in
            state.owner = nil
            guard state.isTouched else { return ([], nil) }
            let events = Array(state.emitted[state.base...])
            state.emitted.removeSubrange(state.base...)
            return (events, state.failure)
        }
        if let failure { throw failure }
        return events
    }

    /// As ``close()``, but what was emitted stays until ``takeEmitted()``. Returns how much there is by now, and how many
    /// bytes of it this event's are, about.
    @inline(__always)
    package func closeKeeping() throws -> (count: Int, bytes: Int) {
        let (count, bytes, failure) = state.withLock { state -> (Int, Int, ReactionFailure?) in
            state.owner = nil
            return (
                state.emitted.count, state.isTouched ? state.emittedBytes : 0, state.isTouched ? state.failure : nil
            )
        }
        if let failure { throw failure }
        return (count, bytes)
    }

    /// What was emitted since it turned to these records, without what failed.
    package func takeEmitted() -> [Event] {
        state.withLock { state in
            defer {
                state.emitted = []
                state.base = 0
                // Of the event that was closed last; it is said.
                state.isTouched = false
                state.emittedBytes = 0
                state.travelling = nil
                state.failure = nil
            }
            return state.emitted
        }
    }
}
