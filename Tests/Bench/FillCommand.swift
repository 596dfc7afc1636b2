internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Glibc
internal import Journal
internal import Troupe

/// Writes a slot's journal with a given number of entries, each of which heard one event and said one.
///
/// Ends as if it were killed, so that the next start recovers.
struct FillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "fill", abstract: "A long journal, quickly.")

    @Option var home: String
    @Option var name: String
    @Option var entries: UInt64
    @Option var hears = "bench.event"
    @Option var says = "bench.event1"
    @Option var size = 64

    func run() throws {
        let home = Home(home)
        try home.prepare(choreography: nil)
        let slot = PublisherID(handler: try HandlerName(name), slot: 0)
        let source = StreamID(PublisherID(handler: try HandlerName("source"), slot: 0), try Topic(hears))
        let topic = try Topic(says)
        let log = try JournalLog(slot, home: home, boot: BootID.current(), options: JournalOptions())
        var random = FlowRandom()
        let serial = Serial.root.child(handler: slot.handler, index: 1)
        let flow = FlowID.generate(microseconds: WallClock.now().microseconds, using: &random)
        for number in 1...entries {
            let event = Event(
                topic: topic, flow: flow, serial: serial, time: WallClock.now(), data: Array(repeating: 0, count: size),
                dataContentType: "application/octet-stream")
            let heard = HeardRun(source, epoch: 1, range: number...number, outcome: .handled)
            let appended = try log.append(
                EntryDraft(heard: [heard], said: [event], time: event.time), level: .written)
            if number % 1024 == 0 || number == entries { try log.release(upTo: appended.end) }
        }
        Report.line("filled", ["entries": entries])
        _exit(0)
    }
}
