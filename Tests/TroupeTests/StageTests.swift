internal import Envelope
internal import Testing
internal import Troupe
internal import TroupeTesting

@Suite("A choreography in memory") struct StageTests {
    @Test("a chain is numbered 1, 2, 3 and its payloads are there")
    func chain() async throws {
        try await withChoreography(.memory, Doubler(), Tripler()) { stage in
            let flow = try await stage.publish(Number(value: 2)).settled()
            try flow.expect(steps: "1 test.number", "2 test.doubled", "3 test.tripled").expect(Tripled(value: 12))
            #expect(flow.steps.map(\.handler) == ["ingress", "doubler", "tripler"])
            #expect(flow.steps[1].heardBy == ["tripler"])
        }
    }

    @Test("a failing handler is retried in virtual time, then the event is a dead letter")
    func deadLetter() async throws {
        var options = RuntimeOptions()
        options.logger = .quiet
        options.retry = .init(attempts: 4, firstDelayMilliseconds: 60_000)
        try await withChoreography(.memory, Stumbler(failures: 99), options: options) { stage in
            let before = stage.now
            let flow = try await stage.publish(Number(value: 1)).settled()
            #expect(flow.deadEnds.map(\.attempts) == [4])
            #expect(flow.deadEnds.map(\.error) == ["Stumbled()"])
            #expect(stage.now.microseconds - before.microseconds > 60_000_000)
            #expect(throws: StageFailure.self) { try flow.expectNoDeadEnds() }
        }
    }

    @Test("an event that succeeds at a later attempt leaves one follow-on event")
    func recovers() async throws {
        var options = RuntimeOptions()
        options.logger = .quiet
        try await withChoreography(.memory, Stumbler(failures: 2), options: options) { stage in
            let flow = try await stage.publish(Number(value: 1)).settled()
            try flow.expect(steps: "1 test.number", "2 test.doubled").expectNoDeadEnds()
            #expect(try flow.expect(Doubled.self).value == 3, "the attempt that succeeded")
        }
    }

    @Test("a loop ends as a dead letter at the hop limit, naming the path")
    func loop() async throws {
        var options = RuntimeOptions()
        options.logger = .quiet
        options.hopLimit = 10
        try await withChoreography(.memory, Echo(), options: options) { stage in
            let flow = try await stage.publish(Number(value: 1)).settled()
            #expect(flow.steps.count == 11)
            #expect(flow.deadEnds.count == 1)
            #expect(flow.deadEnds[0].error.contains("echo → echo"))
        }
    }

    @Test("context, key and trace context travel with the flow")
    func context() async throws {
        try await withChoreography(.memory, Carrier(), Tripler()) { stage in
            let flow = try await stage.publish(Number(value: 1), key: "k-7", context: ["tenant": "acme"]).settled()
            let last = try #require(flow.steps.last?.event)
            #expect(last.context == ["tenant": "acme", "carried": "yes"])
            #expect(last.partitionKey == "k-7")
            #expect(last.topic.text == "test.tripled")
        }
    }

    @Test(
        "a key is inherited, given or dropped, as the emission says",
        arguments: [
            (EmissionKey?.none, "k-7", "k-7"), (.some(.inherited), "k-7", "k-7"), (.some(.inherited), nil, nil),
            (.some(.of("other")), "k-7", "other"), (.some(.of("other")), nil, "other"),
            (.some(EmissionKey.none), "k-7", nil), (.some(EmissionKey.none), nil, nil),
        ] as [(EmissionKey?, String?, String?)])
    func keys(said: EmissionKey?, cause: String?, effect: String?) async throws {
        struct Keyer: Handler {
            let name = "keyer"
            let said: EmissionKey?
            var reactions: some Reactions {
                OnTopic(Number.topic) { event, handling in
                    let number = Doubled(value: 1)
                    if let said {
                        try handling.emit(number, key: said)
                        try handling.emit(topic: Doubled.topic, data: event.data, key: said)
                    } else {
                        try handling.emit(number)
                        try handling.emit(topic: Doubled.topic, data: event.data)
                    }
                    // One that says otherwise changes nothing for the next.
                    try handling.emit(number, key: .of("between"))
                    try handling.emit(number)
                }
                .emits(Doubled.self)
            }
        }
        try await withChoreography(.memory, Keyer(said: said)) { stage in
            let flow = try await stage.publish(Number(value: 1), key: cause).settled()
            #expect(flow.steps.map(\.event.partitionKey) == [cause, effect, effect, "between", cause])
        }
    }

    @Test("a key that no event can have is refused")
    func badKey() async throws {
        struct Keyer: Handler {
            let name = "keyer"
            var reactions: some Reactions {
                On(Number.self) { number, handling in try handling.emit(number, key: .of("")) }.emits(Number.self)
            }
        }
        var options = RuntimeOptions()
        options.logger = .quiet
        try await withChoreography(.memory, Keyer(), options: options) { stage in
            let flow = try await stage.publish(Number(value: 1)).settled()
            #expect(flow.deadEnds.first?.error.contains("partitionkey") == true)
        }
    }

    @Test("data of the wrong shape is a dead letter at once, naming the field")
    func undecodable() async throws {
        var options = RuntimeOptions()
        options.logger = .quiet
        try await withChoreography(.memory, Doubler(), options: options) { stage in
            let flow = try await stage.publish(topic: "test.number", data: Array(#"{"valu":1}"#.utf8)).settled()
            #expect(flow.deadEnds.map(\.attempts) == [1])
            #expect(flow.deadEnds[0].error.contains("value: missing"))
        }
    }

    @Test("a failed expectation prints the trace")
    func failure() async throws {
        try await withChoreography(.memory, Doubler()) { stage in
            let flow = try await stage.publish(Number(value: 1)).settled()
            let failure = #expect(throws: StageFailure.self) { try flow.expect(steps: "1 test.number") }
            #expect(failure?.description.contains("not expected: 2 test.doubled") ?? false)
            #expect(failure?.description.contains("  2  test.doubled") ?? false)
        }
    }

    @Test("a handler that is killed and comes back goes on where it had appended")
    func restart() async throws {
        try await withChoreography(.memory, Doubler(), Tripler()) { stage in
            let first = try await stage.publish(Number(value: 1))
            try await stage.restart("doubler")
            try await first.settled().expect(steps: "1 test.number", "2 test.doubled", "3 test.tripled")
            try await stage.restart("tripler")
            try await first.settled().expect(steps: "1 test.number", "2 test.doubled", "3 test.tripled")
        }
    }
}
