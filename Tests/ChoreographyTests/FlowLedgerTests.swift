internal import Choreography
internal import Envelope
internal import Testing

@Suite struct FlowLedgerTests {
    /// A choreography of logs and a ledger of flow 1 that reads them.
    private final class Stage {
        var ledger: FlowLedger
        var logs: [String: FakeLog] = [:]

        init(_ registrations: (String, [String: Registration.Start])..., flows: Set<UInt64> = [1]) {
            ledger = FlowLedger(
                flows: Set(flows.map(Sample.flow)),
                registrations: registrations.map { handler, topics in
                    Registration(
                        handler: Sample.handler(handler),
                        topics: Dictionary(uniqueKeysWithValues: topics.map { (Sample.topic($0), $1) }))
                })
        }

        func log(_ handler: String) throws -> FakeLog {
            if let log = logs[handler] { return log }
            let log = FakeLog(Sample.publisher(handler))
            logs[handler] = log
            log.begin(epoch: 1)
            try observeLast(of: handler)
            return log
        }

        @discardableResult
        func observeLast(of handler: String) throws -> Bool {
            let log = try log(handler)
            return try log.entries.last!.with { try ledger.observe(log.publisher, $0) }
        }

        /// Says events in one entry.
        func say(_ handler: String, _ events: Event..., level: Durability = .synced) throws {
            try log(handler).append(EntryDraft(said: events, time: Sample.start), level: level)
            try observeLast(of: handler)
        }

        /// Hears one event in one entry, with what it leads to.
        @discardableResult
        func hear(
            _ handler: String, _ topic: String, by publisher: String, _ sequence: UInt64 = 1, epoch: UInt64 = 1,
            as outcome: HeardOutcome = .handled, say: [Event] = [], knows: [Knowledge] = [], level: Durability = .synced
        ) throws -> Bool {
            let run = HeardRun(
                Sample.stream(topic, by: publisher), epoch: epoch, range: sequence...sequence, outcome: outcome)
            try log(handler).append(
                EntryDraft(heard: [run], said: say, knows: knows, time: Sample.start), level: level)
            return try observeLast(of: handler)
        }

        func know(_ handler: String, _ items: Knowledge...) throws {
            try log(handler).append(EntryDraft(knows: items, time: Sample.start))
            try observeLast(of: handler)
        }

        func isSettled() -> Bool { ledger.isSettled() }

        var reasons: [String] { ledger.outstanding().map { "\($0.handler) \($0.topic) \($0.reason)" } }
    }

    private func child(_ topic: String, of handler: String, flow: UInt64 = 1) -> Event {
        Sample.event(topic, flow: flow, serial: Serial.root.child(handler: Sample.handler(handler), index: 1))
    }

    private func position(_ epoch: UInt64 = 1) -> Position {
        Position(Sample.stream("a", by: "ingress"), epoch: epoch, sequence: 1)
    }

    @Test func `a flow is settled when every registered handler has heard every event`() throws {
        let stage = Stage(("x", ["a": .earliest]), ("y", ["a": .earliest, "b": .earliest]))
        try stage.say("ingress", Sample.event("a"))
        #expect(!stage.isSettled())
        #expect(stage.reasons == ["x a notHeard", "y a notHeard"])
        try stage.hear("x", "a", by: "ingress")
        #expect(!stage.isSettled())
        #expect(stage.reasons == ["y a notHeard"])
        try stage.hear("y", "a", by: "ingress")
        #expect(stage.isSettled())
        #expect(stage.reasons == [])
        #expect(stage.ledger.isKnown && stage.ledger.flowsSeen == 1)
    }

    @Test func `children that appear with the hearing keep the flow open`() throws {
        let stage = Stage(("x", ["a": .earliest]), ("y", ["b": .earliest]))
        try stage.say("ingress", Sample.event("a"))
        try stage.hear("x", "a", by: "ingress", say: [child("b", of: "x")])
        #expect(!stage.isSettled())
        #expect(stage.reasons == ["y b notHeard"])
        try stage.hear("y", "b", by: "x")
        #expect(stage.isSettled())
    }

    @Test func `a flow that was settled is open again when more of it appears`() throws {
        let stage = Stage(("y", ["b": .earliest]))
        try stage.say("ingress", Sample.event("a"))
        #expect(stage.isSettled())
        try stage.say("x", child("b", of: "x"))
        #expect(!stage.isSettled())
    }

    @Test func `other flows count for nothing`() throws {
        let stage = Stage(("x", ["a": .earliest]))
        try stage.say("ingress", Sample.event("a", flow: 2))
        #expect(!stage.ledger.isKnown)
        try stage.say("ingress", Sample.event("a", flow: 1))
        try stage.hear("x", "a", by: "ingress", 1)
        #expect(!stage.isSettled())
        try stage.hear("x", "a", by: "ingress", 2)
        #expect(stage.isSettled())
    }

    @Test func `several flows are settled together`() throws {
        let stage = Stage(("x", ["a": .earliest]), flows: [1, 2])
        try stage.say("ingress", Sample.event("a", flow: 1), Sample.event("a", flow: 2))
        #expect(stage.ledger.flowsSeen == 2)
        try stage.hear("x", "a", by: "ingress", 2)
        #expect(!stage.isSettled())
        try stage.hear("x", "a", by: "ingress", 1)
        #expect(stage.isSettled())
    }

    @Test(arguments: [Park.Reason.retry, .behind, .notBefore])
    func `a live park keeps the flow open, until it is done with`(reason: Park.Reason) throws {
        let stage = Stage(("x", ["a": .earliest]))
        try stage.say("ingress", Sample.event("a"))
        let park = Sample.park(position(), reason, attempts: 2, error: "no")
        try stage.hear("x", "a", by: "ingress", as: .parked, knows: [.park(park)])
        #expect(!stage.isSettled())
        switch stage.ledger.outstanding().first?.reason {
        case .retrying(let attempts, let due, let error):
            #expect(reason == .retry && attempts == 2 && due == Sample.start && error == "no")
        case .behind: #expect(reason == .behind)
        case .notBefore(let due): #expect(reason == .notBefore && due == Sample.start)
        default: Issue.record("not outstanding")
        }
        try stage.know("x", .unpark(position()))
        #expect(stage.isSettled())
        #expect(stage.ledger.hearings(of: Sample.event("a").eventID).map(\.attempts) == [3])
    }

    @Test func `a park known by a later epoch than the event was said in keeps the flow open`() throws {
        let stage = Stage(("x", ["a": .earliest]))
        try stage.say("ingress", Sample.event("a"))
        try stage.hear("x", "a", by: "ingress", epoch: 2, as: .parked, knows: [.park(Sample.park(position(2)))])
        #expect(!stage.isSettled())
        try stage.know("x", .unpark(position(2)))
        #expect(stage.reasons == ["x a unknown"])
        try stage.log("ingress").begin(epoch: 2)
        try stage.observeLast(of: "ingress")
        #expect(stage.isSettled())
    }

    @Test func `what was heard in an epoch that the publisher lost does not stand for what it says now`() throws {
        let stage = Stage(("x", ["a": .earliest]))
        try stage.hear("x", "a", by: "ingress", epoch: 1)
        try stage.know("x", .park(Sample.park(position(1))))
        try stage.log("ingress").begin(epoch: 2)
        try stage.observeLast(of: "ingress")
        try stage.say("ingress", Sample.event("a"))
        #expect(!stage.isSettled())
        #expect(stage.reasons == ["x a notHeard"])
        try stage.know("x", .cursor(Sample.stream("a", by: "ingress"), epoch: 2, low: 0))
        #expect(!stage.isSettled())
        try stage.hear("x", "a", by: "ingress", epoch: 2)
        #expect(stage.isSettled())
    }

    @Test("S1: a cursor of an epoch that the publisher's journal does not list counts only below its newest epoch")
    func putBack() throws {
        let stage = Stage(("x", ["a": .earliest]))
        try stage.say("ingress", Sample.event("a"))
        try stage.hear("x", "a", by: "ingress", epoch: 7)
        try stage.hear("x", "a", by: "ingress", 2, epoch: 7)
        // The journal was put back, and nobody has recovered it: it may hold another event of that number.
        #expect(!stage.isSettled())
        #expect(stage.reasons == ["x a unknown"])
        // Its writer recovered: the first event was there when epoch 9 began, the second is one that nobody heard.
        try stage.log("ingress").begin(epoch: 9)
        try stage.observeLast(of: "ingress")
        try stage.say("ingress", Sample.event("a", serial: try Serial("1/p.1")))
        #expect(stage.reasons == ["x a notHeard"])
        try stage.know("x", .lost(Sample.stream("a", by: "ingress"), epoch: 9, low: 1))
        try stage.hear("x", "a", by: "ingress", 2, epoch: 9)
        #expect(stage.isSettled())
    }

    @Test func `a dead letter settles, with a failure`() throws {
        let stage = Stage(("x", ["a": .earliest]))
        try stage.say("ingress", Sample.event("a"))
        let letter = DeadLetter(position: position(), time: Sample.start, attempts: 5, error: "broken", record: [])
        try stage.hear("x", "a", by: "ingress", as: .dead, knows: [.dead(letter)])
        #expect(stage.isSettled())
        let failures = stage.ledger.failures
        #expect(failures.count == 1)
        #expect(failures.first?.0 == Sample.event("a").eventID)
        #expect(failures.first?.1.error == "broken")
        #expect(failures.first?.1.attempts == 5)
        #expect(failures.first?.1.handler == Sample.handler("x"))
    }

    @Test func `a dead letter after retries settles too`() throws {
        let stage = Stage(("x", ["a": .earliest]))
        try stage.say("ingress", Sample.event("a"))
        try stage.hear("x", "a", by: "ingress", as: .parked, knows: [.park(Sample.park(position()))])
        let letter = DeadLetter(position: position(), time: Sample.start, attempts: 5, error: "broken", record: [])
        try stage.know("x", .unpark(position()), .dead(letter))
        #expect(stage.isSettled())
        #expect(stage.ledger.failures.map(\.1.attempts) == [5])
    }

    @Test func `a flow's level is that of its weakest hop, said or heard`() throws {
        let stage = Stage(("x", ["a": .earliest]))
        #expect(stage.ledger.level(of: Sample.flow(1)) == nil)
        try stage.say("ingress", Sample.event("a"))
        #expect(stage.ledger.level(of: Sample.flow(1)) == .synced)
        try stage.hear("x", "a", by: "ingress", level: .written)
        #expect(stage.ledger.level(of: Sample.flow(1)) == .written)
        try stage.say("y", child("b", of: "y"), level: .memory)
        #expect(stage.ledger.level(of: Sample.flow(1)) == .memory)
        #expect(stage.ledger.level(of: Sample.flow(2)) == nil)
    }

    @Test func `a handler that was registered for later events does not owe the earlier ones`() throws {
        let start = Registration.Start.latest(tips: [Sample.publisher("ingress"): 1])
        let stage = Stage(("x", ["a": start]))
        try stage.say("ingress", Sample.event("a"))
        #expect(stage.isSettled())
        try stage.say("ingress", Sample.event("a", serial: try Serial("1/p.1")))
        #expect(!stage.isSettled())
        try stage.hear("x", "a", by: "ingress", 2)
        #expect(stage.isSettled())
    }

    @Test func `a start position that is written down covers what lies before it`() throws {
        let start = Registration.Start.latest(tips: [Sample.publisher("ingress"): 1])
        let stage = Stage(("x", ["a": start]))
        try stage.know("x", .cursor(Sample.stream("a", by: "ingress"), epoch: 0, low: 1))
        try stage.say("ingress", Sample.event("a"))
        #expect(stage.isSettled())
    }

    @Test func `what was heard before the reading began counts by the cursor`() throws {
        let log = FakeLog(Sample.publisher("x"))
        log.begin(epoch: 1)
        log.append(
            EntryDraft(
                heard: [HeardRun(Sample.stream("a", by: "ingress"), epoch: 1, range: 1...5, outcome: .handled)],
                time: Sample.start))
        let stage = Stage(("x", ["a": .earliest]))
        stage.ledger.begin(log.publisher, at: log.state)
        try stage.say("ingress", Sample.event("a"))
        #expect(stage.isSettled())
    }

    @Test func `journals may be read in any order when hearings are looked at again`() throws {
        let stage = Stage(("x", ["a": .earliest]))
        let hearer = FakeLog(Sample.publisher("x"))
        hearer.begin(epoch: 1)
        hearer.append(
            EntryDraft(
                heard: [HeardRun(Sample.stream("a", by: "ingress"), epoch: 1, range: 1...(.max), outcome: .handled)],
                time: Sample.start))
        for entry in hearer.entries { try entry.with { _ = try stage.ledger.observe(hearer.publisher, $0) } }
        try stage.say("ingress", Sample.event("a"))
        #expect(stage.isSettled())
        #expect(stage.ledger.hearings(of: Sample.event("a").eventID) == [])
        for entry in hearer.entries { try entry.with { try stage.ledger.observeHearings(hearer.publisher, $0) } }
        #expect(stage.ledger.hearings(of: Sample.event("a").eventID).map(\.outcome) == [.handled])
    }

    @Test func `steps are numbered along the flow`() throws {
        let stage = Stage(("x", ["a": .earliest]))
        try stage.say("ingress", Sample.event("a"))
        try stage.hear("x", "a", by: "ingress", say: [child("b", of: "x")])
        let steps = stage.ledger.steps(of: Sample.flow(1))
        #expect(steps.map(\.0.description) == ["1", "2"])
        #expect(steps.map(\.1.event.topic.text) == ["a", "b"])
    }

    @Test func `an entry is news when it tells of the flow`() throws {
        let stage = Stage(("x", ["a": .earliest]))
        #expect(try !stage.hear("x", "z", by: "ingress"))
        try stage.say("ingress", Sample.event("a"))
        #expect(try stage.hear("x", "a", by: "ingress"))
    }
}
