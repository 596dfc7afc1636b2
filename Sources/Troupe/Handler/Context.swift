internal import Choreography
public import Envelope
internal import Glibc
public import Logging
internal import Synchronization

/// What a reaction has at hand: the event with its envelope, its settings, and the means to say what follows.
///
/// Valid until the reaction returns. Emitting later, or from a child task, is an error: it is logged, nothing is
/// published, and the reaction fails if it still runs.
public final class Context: Sendable {
    /// The event being handled, with its envelope.
    public let event: Event
    /// The handler's settings.
    public let settings: Settings
    /// A logger that carries the flow and the event as metadata.
    public let logger: Logger
    /// Which attempt this is; the first is 1.
    public let attempt: Int
    /// Where this handling stands in a distributed trace (W3C Trace Context); send it along with calls to others.
    ///
    /// Emitted events carry it when the event that is handled came with one.
    public var traceparent: Traceparent { .handling(event, by: handler.text) }

    /// The most bytes of data that one reaction may emit: they stand in one entry, which a journal must take.
    private static let emissionLimit = 16 << 20

    /// What time it is: the wall clock's, on a stage in memory the virtual one, in `troupe replay` the recorded one.
    public var now: Timestamp { clock() }

    private let handler: HandlerName
    private let declared: Set<String>
    private let dataLimit: Int
    private let clock: @Sendable () -> Timestamp
    private let state: Mutex<State>

    private struct State {
        var emitted: [Event] = []
        /// Bytes of their data, about.
        var emittedBytes = 0
        var travelling: [String: String]
        var failure: ReactionFailure?
        var owner: Owner?
    }

    /// Who may emit: the thread of a synchronous reaction, or the task of an asynchronous one.
    private enum Owner: Equatable {
        case thread(UInt)
        case task(Int)

        static var current: Owner {
            withUnsafeCurrentTask { task in task.map { .task($0.hashValue) } } ?? .thread(UInt(pthread_self()))
        }
    }

    package init(
        event: Event, settings: Settings, logger: Logger, attempt: Int, handler: HandlerName, declared: Set<String>,
        dataLimit: Int, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.event = event
        self.settings = settings
        self.logger = logger
        self.attempt = attempt
        self.handler = handler
        self.declared = declared
        self.dataLimit = dataLimit
        self.clock = clock
        state = Mutex(State(travelling: event.context))
    }

    /// Publishes a follow-on event when the reaction has returned, in the same append that marks its cause as heard.
    ///
    /// - Parameters:
    ///   - payload: encoded as JSON; at most 64 KiB unless the handler's limit says otherwise.
    ///   - key: the partition key; events of one key are handled in order. Nil inherits that of the cause.
    ///   - notBefore: consumers set the event aside until then.
    ///   - expires: consumers do not handle it from then on.
    public func emit<P: EventPayload>(
        _ payload: P, key: String? = nil, notBefore: Timestamp? = nil, expires: Timestamp? = nil
    ) {
        let data: [UInt8]
        do {
            data = try PayloadCoder.encode(payload)
        } catch {
            fail(.badEmission, "\(P.self) cannot be encoded: \(error)")
            return
        }
        emit(topic: P.topic, data: data, key: key, notBefore: notBefore, expires: expires)
    }

    /// Publishes a follow-on event from bytes; JSON unless `contentType` says otherwise.
    public func emit(
        topic: String, data: [UInt8], contentType: String? = nil, key: String? = nil, notBefore: Timestamp? = nil,
        expires: Timestamp? = nil
    ) {
        guard declared.contains(topic) else {
            fail(
                .undeclared,
                "'\(topic)' is not among what this reaction declares (\(declared.sorted().joined(separator: ", ")));"
                    + " add it to .emits(…)")
            return
        }
        guard data.count <= dataLimit else {
            fail(.badEmission, "the data of '\(topic)' has \(data.count) bytes; the limit is \(dataLimit)")
            return
        }
        let now = clock()
        state.withLock { state in
            guard state.owner != nil, state.owner == Owner.current else {
                note(.lateEmission, "'\(topic)' was emitted after the reaction returned or from a child task", &state)
                return
            }
            do {
                var event = Event(
                    topic: try Topic(topic), flow: event.flow,
                    serial: event.serial.child(handler: handler, index: state.emitted.count + 1), time: now,
                    data: data)
                event.dataContentType = contentType
                event.partitionKey = key ?? self.event.partitionKey
                event.traceparent = self.event.traceparent == nil ? nil : traceparent
                event.traceState = self.event.traceState
                event.notBefore = notBefore
                event.expiryTime = expires
                event.context = state.travelling
                try event.validate()
                state.emittedBytes += data.count + 256
                guard state.emittedBytes <= Self.emissionLimit else {
                    note(
                        .badEmission,
                        "one reaction emits more than \(Self.emissionLimit >> 20) MiB in all; spread it over several events",
                        &state)
                    return
                }
                state.emitted.append(event)
            } catch {
                note(.badEmission, "'\(topic)': \(error)", &state)
            }
        }
    }

    /// Adds an entry to the small map that travels with the flow from here on; events emitted before do not carry it.
    public func carry(_ key: String, _ value: String) {
        state.withLock { $0.travelling[key] = value }
    }

    private func fail(_ code: ReactionFailure.Code, _ message: String) {
        state.withLock { note(code, message, &$0) }
    }

    private func note(_ code: ReactionFailure.Code, _ message: String, _ state: inout State) {
        if state.owner == nil {
            logger.error("an emission was refused", metadata: ["reason": "\(message)"])
        } else if state.failure == nil {
            state.failure = ReactionFailure(code, message)
        }
    }

    // MARK: the runtime's side

    /// The calling thread or task may emit from here on.
    package func open() { state.withLock { $0.owner = Owner.current } }

    /// Ends the right to emit. Returns what was emitted; throws what was refused.
    package func close() throws -> [Event] {
        let (events, failure) = state.withLock { state in
            state.owner = nil
            return (state.emitted, state.failure)
        }
        if let failure { throw failure }
        return events
    }
}
