package import Envelope

/// Where logs live and how their entries reach others: files and ZeroMQ, memory, later a replicated log.
///
/// The core appends entries and hears deliveries; it never sees a file, an offset or a socket. Every implementation
/// passes the same conformance suite.
package protocol Engine: Sendable {
    /// Writes a registration durably. Replaces what was registered for the handler before.
    func register(_ registration: Registration) throws
    /// All registrations, by handler name.
    func registrations() throws -> [Registration]
    /// Ends a registration. Unknown names are ignored.
    func forget(_ handler: HandlerName) throws
    /// Every publisher that has a log, in order.
    func publishers() throws -> [PublisherID]
    /// Takes the slot's lock and recovers its log. Throws when another process holds it, naming that process.
    func open(_ slot: PublisherID) throws -> any EngineLog
    /// Reads a log that somebody else may be writing.
    func reader(_ publisher: PublisherID) throws -> any EngineReader
}

/// A slot's own log: one writer.
package protocol EngineLog: AnyObject, Sendable {
    var publisher: PublisherID { get }
    /// What the log knew when it was opened, its own epoch entry included.
    var recovered: SlotState { get }
    /// Whether the log was made by this opening.
    var isNew: Bool { get }
    /// When the newest entry was appended that the log held when it was opened.
    var recoveredTime: Timestamp { get }
    /// Appends one entry, atomically. `then` is called once, on any thread, when the entry stands at `level` and its
    /// events are visible to others; an error is final for the log, but for `EngineError.Code.noSpace`.
    /// Calls are serialized by the caller.
    func append(_ draft: EntryDraft, level: Durability, then: @escaping @Sendable (Result<Void, any Error>) -> Void)
        throws
    /// Begins to deliver every stream on `topics`, each from just after the cursor that `start` gives for it.
    func follow(
        _ topics: Set<Topic>, start: @escaping @Sendable (StreamID) -> Cursor, receiver: any DeliveryReceiver) throws
    /// The receiver has room again after it said that it had none.
    func resume()
    /// Stops deliveries, makes everything appended durable, and gives the slot up.
    func close() throws
}

/// Hears what a log follows. Calls come one at a time, never on a worker.
package protocol DeliveryReceiver: AnyObject, Sendable {
    /// Takes deliveries; in order per stream. Returns whether there is room for more.
    func receive(_ deliveries: [Delivery]) -> Bool
    /// A publisher cannot go on where the cursor stood.
    func jump(_ jump: CursorJump)
    /// The last sequences that a publisher had said on some topics when it was first followed.
    func tips(_ tips: [Topic: UInt64], of publisher: PublisherID)
    /// The log failed; nothing more can be appended.
    func failed(_ error: any Error)
    /// Somebody outside asks for something to be done with dead letters; `answer` is called once it is durable.
    func request(_ request: DeadLetterRequest, answer: @escaping @Sendable (RequestAnswer) -> Void)
}

extension DeliveryReceiver {
    package func tips(_ tips: [Topic: UInt64], of publisher: PublisherID) {}

    package func request(_ request: DeadLetterRequest, answer: @escaping @Sendable (RequestAnswer) -> Void) {
        answer(RequestAnswer(id: request.id, changed: 0, error: "this slot takes no requests"))
    }
}

/// Reads a log's released entries, from any process, without disturbing its writer.
package protocol EngineReader: AnyObject {
    /// The place after the last entry that others may see now.
    func end() throws -> EngineCursor
    /// The oldest place.
    func start() throws -> EngineCursor
    /// The newest place that has a checkpoint, and the state there.
    func checkpoint() throws -> (EngineCursor, SlotState)
    /// Calls `body` with each entry from `cursor` up to `end`, until it returns false or about `maxBytes` are read.
    /// Returns the place after the last entry that `body` saw.
    func read(
        from cursor: EngineCursor, upTo end: EngineCursor, maxBytes: Int, _ body: (EngineEntry) throws -> Bool
    ) throws -> EngineCursor
    /// A place from which reading meets every event at or after the given sequences.
    func cursor(before wants: [Topic: UInt64]) throws -> EngineCursor
    /// The first sequence of each topic that retention has left; a topic that is absent is whole.
    func firstKept() throws -> [Topic: UInt64]
    /// Whether a process has the log open for writing.
    var isLive: Bool { get }
}

extension EngineReader {
    /// The newest state that others may see, and its place: the checkpoint with the entries after it, which `body` sees.
    package func foldToEnd(
        seeing body: (EngineEntry) throws -> Void = { _ in }
    ) throws -> (EngineCursor, SlotState) {
        var (place, state) = try checkpoint()
        try fold(&state, from: &place, seeing: body)
        return (place, state)
    }

    /// Brings a state and its place up to the released end. When reading throws, both stay as they were before the
    /// piece that could not be read.
    package func fold(
        _ state: inout SlotState, from place: inout EngineCursor, seeing body: (EngineEntry) throws -> Void = { _ in }
    ) throws {
        let end = try end()
        while !place.reaches(end) {
            var folded = state
            let next = try read(from: place, upTo: end, maxBytes: 8 << 20) { entry in
                try folded.apply(entry)
                try body(entry)
                return true
            }
            state = folded
            if next == place { break }
            place = next
        }
    }
}

/// A place in a log. `low` orders the places of one log; `high` is the engine's own affair.
package struct EngineCursor: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Whether this place is at or after `other`, in the same log.
    package func reaches(_ other: EngineCursor) -> Bool { low >= other.low }
}

/// An entry as it stands in a log; its bytes are valid during the call that hands it out.
package struct EngineEntry {
    /// How its heard section is laid out: ``EntryCodec/kind``, or an earlier one.
    package let kind: UInt8
    package let epoch: UInt64
    package let level: Durability
    package let time: Timestamp
    /// Encoded heard runs.
    package let heardBytes: UnsafeRawBufferPointer
    /// Concatenated records.
    package let said: UnsafeRawBufferPointer
    /// Encoded knowledge.
    package let knowsBytes: UnsafeRawBufferPointer

    package init(
        kind: UInt8 = EntryCodec.kind, epoch: UInt64, level: Durability, time: Timestamp, heard: UnsafeRawBufferPointer,
        said: UnsafeRawBufferPointer, knows: UnsafeRawBufferPointer
    ) {
        self.kind = kind
        self.epoch = epoch
        self.level = level
        self.time = time
        self.heardBytes = heard
        self.said = said
        self.knowsBytes = knows
    }

    package func heard() throws -> [HeardRun] { try EntryCodec.heard(heardBytes, kind: kind) }
    package func knows() throws -> [Knowledge] { try EntryCodec.knows(knowsBytes) }
}

/// What an engine refuses or fails at, with what to do about it.
package struct EngineError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; compare with the static members.
    package struct Code: Hashable, Sendable {
        package let name: String
        package static let locked = Code(name: "locked")
        package static let noSpace = Code(name: "no space")
        package static let corrupt = Code(name: "corrupt")
        package static let closed = Code(name: "closed")
        package static let notFound = Code(name: "not found")
        package static let unreadable = Code(name: "unreadable")
        package static let failed = Code(name: "failed")
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
