internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

/// A home whose journals are written entry by entry, at times that the test says: the same bytes in every run.
struct StagedHome {
    static let start = Timestamp(microseconds: 1_932_847_628_000_000)  // 2031-04-01T22:07:08Z

    /// The epoch of every journal: its log begins at `start`.
    static let epoch = UInt64(start.microseconds) & ~0xFFFF

    let home: Home
    private let boot: BootID

    init(_ home: Home) throws {
        self.home = home
        boot = try BootID.current()
    }

    static func time(_ milliseconds: Double) -> Timestamp { start + Int64(milliseconds * 1000) }

    func register(_ handler: String, _ topics: String...) throws {
        try RegistrationFolder(home: home).write(
            Registration(
                handler: HandlerName(handler),
                topics: Dictionary(uniqueKeysWithValues: try topics.map { (try Topic($0), .earliest) })))
    }

    /// Appends to a handler's journal, each draft an entry of its own.
    func append(_ handler: String, segmentSize: Int = 64 << 20, _ drafts: EntryDraft...) throws {
        try append(handler, segmentSize: segmentSize, drafts)
    }

    func append(_ handler: String, segmentSize: Int = 64 << 20, _ drafts: [EntryDraft]) throws {
        let log = try JournalLog(
            publisher(handler), home: home, boot: boot, options: JournalOptions(segmentSize: segmentSize),
            salt: { 0 }, clock: { Self.start })
        for draft in drafts { _ = try log.append(draft, level: .synced) }
        try log.close()
    }

    func publisher(_ handler: String) throws -> PublisherID { try PublisherID("\(handler).0") }

    /// A run that hears one event of a handler.
    func run(_ handler: String, _ topic: String, _ outcome: HeardOutcome = .handled, _ sequence: UInt64 = 1) throws
        -> HeardRun
    {
        HeardRun(
            StreamID(try publisher(handler), try Topic(topic)), epoch: Self.epoch, range: sequence...sequence,
            outcome: outcome)
    }

    func position(_ handler: String, _ topic: String, _ sequence: UInt64 = 1) throws -> Position {
        Position(StreamID(try publisher(handler), try Topic(topic)), epoch: Self.epoch, sequence: sequence)
    }

    func event(_ topic: String, _ id: String, at milliseconds: Double, context: [String: String] = [:]) throws -> Event
    {
        let id = try EventID(id)
        return Event(
            topic: try Topic(topic), flow: id.flow, serial: id.serial, time: Self.time(milliseconds),
            data: Array("{}".utf8), context: context)
    }
}
