internal import Choreography
internal import Envelope
internal import Foundation
internal import Journal

@testable internal import Troupe

/// A home in which another program's handler, `scribe`, has written its journal: it hears `t.asked` of the ingress journal and
/// says `t.done`.
struct ForeignHome {
    /// An entry as it is appended, right or wrong.
    struct Raw {
        var kind = EntryCodec.kind
        var level: UInt8 = 2
        var heard: [HeardRun] = []
        var said: [UInt8] = []
        var knows: [Knowledge] = []
        /// Bytes behind what the sections above amount to.
        var more: (heard: [UInt8], knows: [UInt8]) = ([], [])
    }

    let home: Home
    let scribe = PublisherID(handler: HandlerName(unchecked: "scribe"), slot: 0)
    let stream = StreamID(.ingress, Topic(unchecked: "t.asked"))
    private(set) var roots: [Event] = []
    let asked: UInt64

    init(_ home: Home) throws {
        self.home = home
        try home.prepare(choreography: nil)
        let log = try JournalLog(.ingress, home: home, boot: BootID.current(), options: JournalOptions())
        for number in 1...3 as ClosedRange<UInt64> {
            var event = Event(
                topic: stream.topic, flow: try FlowID("flow-\(number)"), time: WallClock.now(), data: Array("{}".utf8),
                sequence: number, traceState: "vendor=1",
                traceparent: try Traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                context: ["tenant": "north"])
            event.partitionKey = "key-\(number)"
            roots.append(event)
        }
        _ = try log.append(EntryDraft(said: roots, time: WallClock.now()), level: .synced)
        asked = log.state.epoch
        try log.close()
        try RegistrationFolder(home: home).write(
            Registration(handler: scribe.handler, topics: [stream.topic: .earliest]))
    }

    func position(_ sequence: UInt64) -> Position { Position(stream, epoch: asked, sequence: sequence) }

    func record(_ event: Event) -> [UInt8] {
        var bytes: [UInt8] = []
        EventRecord.encode(event, into: &bytes)
        return bytes
    }

    func heard(_ range: ClosedRange<UInt64>, _ outcome: HeardOutcome = .handled) -> HeardRun {
        let last = Int(clamping: range.upperBound)
        let checksum: UInt32 =
            last > roots.count
            ? 0
            : record(roots[last - 1]).withUnsafeBytes {
                UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            }
        return HeardRun(stream, epoch: asked, range: range, outcome: outcome, checksum: checksum)
    }

    /// What follows from an event, as it must be.
    func effect(_ number: Int, sequence: UInt64, index: Int = 1) -> Event {
        let cause = roots[number - 1]
        return Event(
            topic: Topic(unchecked: "t.done"), flow: cause.flow,
            serial: cause.serial.child(handler: scribe.handler, index: index), time: WallClock.now(),
            data: Array("{}".utf8), sequence: sequence, partitionKey: cause.partitionKey, traceState: cause.traceState,
            traceparent: .handling(cause, by: "scribe"), context: cause.context)
    }

    func park(_ number: Int, _ reason: Park.Reason = .retry, key: String? = nil) -> Knowledge {
        .park(
            Park(
                position: position(UInt64(number)), reason: reason, due: WallClock.now(), attempts: 1,
                key: key ?? roots[number - 1].orderingKey, error: "no", record: record(roots[number - 1])))
    }

    func dead(_ number: Int) -> Knowledge {
        .dead(
            DeadLetter(
                position: position(UInt64(number)), time: WallClock.now(), attempts: 5, error: "no",
                record: record(roots[number - 1])))
    }

    /// Writes the handler's journal: what begins the epoch, unless it `isMute` about it, then these entries.
    func write(
        isMute: Bool = false, firsts: [Topic: UInt64] = [:], checkpoint: [UInt8]? = nil, _ entries: [Raw]
    ) throws {
        let (writer, _) = try JournalWriter.open(
            home.journal(scribe.text), name: scribe.text, fileSystem: OSFileSystem(), boot: BootID.current(),
            now: WallClock.now().microseconds,
            newEpoch: { max($0 + 1, UInt64(WallClock.now().microseconds)) }, restore: { _ in }, replay: { _ in })
        var all = entries
        if !isMute { all.insert(Raw(knows: [.epoch(writer.epoch, firsts: firsts)]), at: 0) }
        for (index, raw) in all.enumerated() {
            if let checkpoint, index == 2 { try writer.rotate(checkpoint: checkpoint, time: 1) }
            _ = try writer.append(
                kind: raw.kind, level: raw.level, time: WallClock.now().microseconds,
                heard: EntryCodec.encode(heard: raw.heard) + raw.more.heard, said: raw.said,
                knows: EntryCodec.encode(knows: raw.knows) + raw.more.knows)
        }
        try writer.release(upTo: writer.sync())
        try writer.close()
    }

    func findings() throws -> [PeerFinding] { try PeerCheck.run(scribe, home: home).findings }

    /// Changes a file of the journal in place.
    func change(_ name: String, _ body: (inout [UInt8]) -> Void) throws {
        let path = home.journal(scribe.text) + "/" + name
        var bytes = Array(try Data(contentsOf: URL(filePath: path)))
        body(&bytes)
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }
}
