internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

/// Writes the journals of a root's publisher, of a handler that answers each root, and of one that hears the answers.
struct HomeWriter {
    private static let asked = Topic(unchecked: "bench.number.asked")
    private static let told = Topic(unchecked: "bench.number.told")
    private static let start = Timestamp(microseconds: 1_932_847_628_000_000)

    let home: Home
    let roots: Int

    /// The id of a flow by its number, spread as random ids are.
    static func flow(_ number: Int) -> FlowID {
        let mixed = UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15
        return FlowID(
            uuidBytes: (0x01c2_0000_0000_7000 | UInt64(number) << 20 & 0xFFFF_FFFF_0000_0000, mixed | 1 << 63))
    }

    func run() throws {
        let relay = HandlerName(unchecked: "relay")
        let sink = HandlerName(unchecked: "sink")
        let folder = RegistrationFolder(home: home)
        try folder.write(Registration(handler: relay, topics: [Self.asked: .earliest]))
        try folder.write(Registration(handler: sink, topics: [Self.told: .earliest]))
        let ingress = try log(.ingress)
        let relayLog = try log(PublisherID(handler: relay, slot: 0))
        let sinkLog = try log(PublisherID(handler: sink, slot: 0))
        let roots = StreamID(.ingress, Self.asked)
        let answers = StreamID(relayLog.publisher, Self.told)
        let serial = Serial.root.child(handler: relay, index: 1)
        var next = 0
        while next < self.roots {
            let batch = next..<min(self.roots, next + 1 + next % 16)
            let time = Self.start + Int64(next) * 10
            func heard(_ stream: StreamID, _ log: JournalLog) -> [HeardRun] {
                let range = UInt64(batch.lowerBound + 1)...UInt64(batch.upperBound)
                return [HeardRun(stream, epoch: log.writer.epoch, range: range, outcome: .handled)]
            }
            try append(EntryDraft(said: batch.map { event(Self.asked, $0, .root, time) }, time: time), to: ingress)
            try append(
                EntryDraft(
                    heard: heard(roots, ingress), said: batch.map { event(Self.told, $0, serial, time + 50) },
                    knows: [.took([40])], time: time + 60), to: relayLog)
            try append(
                EntryDraft(heard: heard(answers, relayLog), knows: [.took([40])], time: time + 120), to: sinkLog)
            next = batch.upperBound
        }
        for log in [ingress, relayLog, sinkLog] { try log.close() }
    }

    private func log(_ publisher: PublisherID) throws -> JournalLog {
        try JournalLog(publisher, home: home, boot: BootID.current(), options: JournalOptions())
    }

    private func append(_ draft: EntryDraft, to log: JournalLog) throws { _ = try log.append(draft, level: .written) }

    private func event(_ topic: Topic, _ number: Int, _ serial: Serial, _ time: Timestamp) -> Event {
        Event(
            topic: topic, flow: Self.flow(number), serial: serial, time: time,
            data: Array(#"{"number":\#(number),"name":"one of very many numbers, told to whom it concerns"}"#.utf8))
    }
}
