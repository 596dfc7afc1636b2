internal import Choreography
internal import Envelope
internal import Testing

@Suite struct TriageTests {
    private let now = Sample.start

    private func decide(
        _ event: Event, isParked: Bool = false, hopLimit: Int = 64, blocked: Set<String> = []
    ) -> Triage {
        Triage.decide(event, isParked: isParked, now: now, hopLimit: hopLimit, blocked: blocked)
    }

    private func serial(_ handlers: String...) -> Serial {
        handlers.reduce(.root) { $0.child(handler: Sample.handler($1), index: 2) }
    }

    @Test func `an event is reacted to unless something speaks against it`() {
        #expect(decide(Sample.event()) == .react)
        #expect(decide(Sample.event(notBefore: now, expiry: now + 1), blocked: ["x"]) == .react)
    }

    @Test func `expiry comes before all else`() {
        let event = Sample.event(key: "k", serial: serial("a", "a"), notBefore: now + 9, expiry: now)
        #expect(decide(event, hopLimit: 1, blocked: ["k"]) == .expired)
    }

    @Test func `the own time comes before the key, so that nothing waits in the wrong place`() {
        let event = Sample.event(key: "k", notBefore: now + 9)
        #expect(decide(event, blocked: ["k"]) == .wait(now + 9))
        #expect(decide(event, isParked: true, blocked: ["k"]) == .behind)
        #expect(decide(event, isParked: true) == .react)
    }

    @Test func `the key is the partition key, or the flow`() {
        #expect(decide(Sample.event(flow: 3, key: "k"), blocked: ["k"]) == .behind)
        #expect(decide(Sample.event(flow: 3, key: "k"), blocked: [Sample.flow(3).text]) == .react)
        #expect(decide(Sample.event(flow: 3), blocked: [Sample.flow(3).text]) == .behind)
    }

    @Test func `at the hop limit an event is handled, beyond it never`() {
        #expect(decide(Sample.event(serial: serial("a", "b")), hopLimit: 3) == .react)
        let deep = decide(Sample.event(serial: serial("a", "b", "c")), isParked: true, hopLimit: 3, blocked: ["k"])
        guard case .tooDeep = deep else {
            Issue.record("\(deep)")
            return
        }
    }

    @Test func `the loop is named from the last time that the handler took part`() {
        #expect(
            decide(Sample.event(serial: serial("start", "ping", "pong", "ping")), hopLimit: 4)
                == .tooDeep(
                    "the flow is 5 events deep, over the hop limit of 4; it goes round ping → pong → ping"))
    }

    @Test func `a path without a loop is named by its end`() {
        let handlers = (0..<20).map { "h\($0)" }
        let serial = handlers.reduce(Serial.root) { $0.child(handler: Sample.handler($1), index: 1) }
        guard case .tooDeep(let text) = decide(Sample.event(serial: serial), hopLimit: 5) else {
            Issue.record("not too deep")
            return
        }
        #expect(text.hasSuffix("goes round " + handlers.suffix(12).joined(separator: " → ")))
    }
}
