internal import Choreography
internal import Envelope
internal import Testing
internal import Troupe
internal import TroupeTesting

/// Says what time it is, and which attempt.
private struct Witness: Handler {
    let name = "witness"
    let failures: Int
    var reactions: some Reactions {
        On(Number.self) { number, handling in
            guard handling.attempt > failures else { throw Stumbled() }
            handling.carry("at", handling.now.description)
            try handling.emit(Doubled(value: number.value * handling.attempt))
            try handling.emit(Doubled(value: -1))
        }
        .emits(Doubled.self)
    }
}

@Suite struct ReplayTests {
    private func dryRun(_ handler: some Handler) throws -> DryRun {
        var options = RuntimeOptions()
        options.logger = .quiet
        return try DryRun(handler, options: options)
    }

    private func request(attempt: UInt32 = 1) throws -> DryRunRequest {
        let event = Event(
            topic: try Topic("test.number"), flow: try FlowID("f"), time: StagedHome.start,
            data: Array(#"{"value":21}"#.utf8), sequence: 1)
        return DryRunRequest(
            event: CloudEventsJSON.encode(event), attempt: attempt, time: StagedHome.time(5).description)
    }

    @Test func `a dry run has the recorded time and attempt, and derives the recorded ids`() async throws {
        let answer = try await dryRun(Witness(failures: 1)).handle(request(attempt: 2))
        #expect(answer.outcome == "handled")
        let said = try answer.said.map { try CloudEventsJSON.decode(Array($0.utf8)) }
        #expect(said.map(\.id) == ["f/1/witness.1", "f/1/witness.2"])
        #expect(said.map(\.time) == [StagedHome.time(5), StagedHome.time(5)])
        #expect(said[0].context == ["at": StagedHome.time(5).description])
        #expect(String(decoding: said[0].data, as: UTF8.self) == #"{"value":42}"#)
        let failed = try await dryRun(Witness(failures: 1)).handle(request())
        #expect(failed == DryRunAnswer(outcome: "failed", error: "Stumbled()"))
    }

    @Test func `times and sequences make no difference, everything else does, field by field`() async throws {
        let then = try await dryRun(Witness(failures: 0)).handle(request())
        #expect(try ReplayDifference(then: then, now: then) == nil)
        var later = try request()
        later.time = StagedHome.time(99).description
        let now = try await dryRun(Witness(failures: 0)).handle(later)
        #expect(
            try ReplayDifference(then: then, now: now)?.lines.prefix(2) == [
                "- test.doubled context.at: \(StagedHome.time(5))", "+ test.doubled context.at: \(StagedHome.time(99))",
            ])
        let other = try await dryRun(Witness(failures: 0)).handle(request(attempt: 3))
        #expect(
            try ReplayDifference(then: then, now: other)?.lines == [
                "- test.doubled data.value: 21", "+ test.doubled data.value: 63",
            ])
    }

    @Test func `what fails, or says less, now shows as that`() throws {
        let event = CloudEventsJSON.encode(
            Event(
                topic: try Topic("a"), flow: try FlowID("f"), serial: try Serial("1/w.1"), time: StagedHome.start,
                data: Array("[1]".utf8)))
        let then = DryRunAnswer(outcome: "handled", said: [event])
        #expect(
            try ReplayDifference(then: then, now: DryRunAnswer(outcome: "failed", error: "no"))?.lines
                == ["- handled", "+ failed: no", "- a [1]"])
        #expect(try ReplayDifference(then: DryRunAnswer(outcome: "handled"), now: then)?.lines == ["+ a [1]"])
    }

    @Test func `what was recorded is found by flow and by time, with what it said`() async throws {
        try await withHome { home in
            try FlowTraceTests.write(home)
            let payment = try HandlerName("payment")
            let ledger = try FlowReader(home: home).look(for: FlowID(FlowTraceTests.flow))
            let found = RecordedHandling.of(payment, in: ledger)
            #expect(found.map(\.event.topic.text) == ["shop.order.accepted"])
            #expect(found[0].request.attempt == 2)
            #expect(found[0].request.time == StagedHome.time(147).description, "when the last attempt began")
            #expect(found[0].said.map(\.topic.text) == ["shop.payment.authorized"])
            let recent = try RecordedHandling.of(payment, since: StagedHome.time(149), home: home)
            #expect(recent.map(\.event) == found.map(\.event))
            #expect(try RecordedHandling.of(payment, since: StagedHome.time(151), home: home).isEmpty)
            let stock = try HandlerName("stock")
            #expect(
                RecordedHandling.of(stock, in: ledger).map(\.answer)
                    == [DryRunAnswer(outcome: "failed", error: "no such sku")])
        }
    }
}
