internal import Choreography
internal import Envelope
internal import Foundation
internal import Journal
internal import Testing
internal import Troupe

/// A home that a test writes entry by entry, for commands to look at.
struct WrittenHome {
    static let start = Timestamp(microseconds: 1_617_228_428_000_000)
    static let epoch = UInt64(start.microseconds)

    let home: Home

    init(_ path: String) throws {
        home = Home(path)
        try home.prepare(choreography: "bakery")
    }

    func register(_ handler: String, _ topic: String) throws {
        try RegistrationFolder(home: home).write(
            Registration(handler: HandlerName(handler), topics: [Topic(topic): .earliest]))
    }

    func append(_ handler: String, _ drafts: EntryDraft...) throws {
        try log(handler) { log in for draft in drafts { _ = try log.append(draft, level: .synced) } }
    }

    /// Appends sections as they are, under a good checksum.
    func appendRaw(_ handler: String, heard: [UInt8] = [], said: [UInt8] = [], knows: [UInt8] = []) throws {
        try log(handler) { log in
            _ = try log.writer.append(
                kind: EntryCodec.kind, level: Durability.synced.rawValue, time: Self.start.microseconds, heard: heard,
                said: said, knows: knows)
        }
    }

    private func log(_ handler: String, _ body: (JournalLog) throws -> Void) throws {
        let log = try open(PublisherID("\(handler).0"))
        try body(log)
        try log.close()
    }

    /// Another test that starts a process at this moment holds, until that is another program, the lock that was given up.
    private func open(_ publisher: PublisherID) throws -> JournalLog {
        let deadline = Deadline(after: 10_000_000)
        while true {
            do {
                return try JournalLog(
                    publisher, home: home, boot: BootID.current(), options: JournalOptions(),
                    // So that what is heard is of the epoch that there is.
                    salt: { UInt16(truncatingIfNeeded: Self.epoch) }, clock: { Self.start })
            } catch let error as EngineError where error.code == .locked && !deadline.isOver {}
        }
    }

    func event(
        _ topic: String, _ id: String, data: String = "{}", context: [String: String] = [:], key: String? = nil
    ) throws -> Event {
        let id = try EventID(id)
        var event = Event(
            topic: try Topic(topic), flow: id.flow, serial: id.serial, time: Self.start, data: Array(data.utf8),
            context: context)
        event.partitionKey = key
        return event
    }

    func position(_ handler: String, _ topic: String, _ sequence: UInt64) throws -> Position {
        Position(try StreamID(PublisherID("\(handler).0"), Topic(topic)), epoch: Self.epoch, sequence: sequence)
    }

    func draft(heard: [(String, String, UInt64)] = [], said: [Event] = [], knows: [Knowledge] = []) throws -> EntryDraft
    {
        let runs = try heard.map { handler, topic, sequence in
            HeardRun(
                try StreamID(PublisherID("\(handler).0"), Topic(topic)), epoch: Self.epoch, range: sequence...sequence,
                outcome: .handled)
        }
        return EntryDraft(heard: runs, said: said, knows: knows, time: Self.start)
    }

    /// A dead letter of the event `bad/1`, whose record states an attribute that would be derived.
    func foreignLetter(_ topic: String, _ sequence: UInt64) throws -> DeadLetter {
        var event = try event(topic, "bad/1")
        event.sequence = sequence
        event.dataContentType = "application/jsoN"
        var record: [UInt8] = []
        EventRecord.encode(event, into: &record)
        let place = try #require(record.firstRange(of: Array("application/jsoN".utf8)))
        record.replaceSubrange(place, with: Array("application/json".utf8))
        EventRecord.stamp(sequence: sequence, in: &record, at: 0)
        return DeadLetter(
            position: try position("ingress", topic, sequence), time: Self.start, attempts: 5, error: "no event",
            record: record)
    }

    /// Flips a bit in the middle of a journal.
    func flip(_ handler: String) throws {
        let file = URL(filePath: home.journal("\(handler).0") + "/0000000000000000.seg")
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count / 2] ^= 0x10
        try bytes.write(to: file)
    }
}
