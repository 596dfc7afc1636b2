internal import Choreography
internal import Envelope
internal import Instrumentation
internal import Synchronization
internal import Testing
internal import Troupe
internal import TroupeTesting

/// Takes the traceparent as a tracer does.
private struct Tracer: Instrument {
    struct Key: InstrumentationContextKey { typealias Value = String }

    func extract<Carrier, E: Extractor>(
        _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: E
    )
    where E.Carrier == Carrier {
        let parts = ["traceparent", "tracestate"].map { extractor.extract(key: $0, from: carrier) ?? "none" }
        context[Key.self] = parts.joined(separator: " ")
    }

    func inject<Carrier, I: Injector>(_: InstrumentationContext, into _: inout Carrier, using _: I)
    where I.Carrier == Carrier {}

    static var current: String? { InstrumentationContext.current?[Key.self] }
}

private struct Spanner: Handler {
    let name = "spanner"
    let seen: @Sendable (String?) -> Void
    var reactions: some Reactions {
        On(Number.self) { _, handling in
            seen(Tracer.current)
            try handling.emit(Doubled(value: 1))
        }
        .emits(Doubled.self)
        On(Doubled.self) { _, _ in
            await Task.yield()
            seen(Tracer.current)
        }
    }
}

@Suite struct TraceContextTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private final class Seen: Sendable {
        let texts = Mutex<[String?]>([])
    }

    private func event(_ topic: String, traced: Bool) throws -> Event {
        var event = Event(
            topic: try Topic(topic), flow: try FlowID("order-7"), time: StagedHome.start,
            data: Array(#"{"value":1}"#.utf8), sequence: 1)
        if traced {
            event.traceparent = try Traceparent(Self.parent)
            event.traceState = "vendor=7"
        }
        return event
    }

    private func run(_ event: Event, _ scope: TraceScope, seen: Seen) async throws -> [Event] {
        let handler = Spanner { text in seen.texts.withLock { $0.append(text) } }
        let (_, reactions, name) = try Declaration.of(handler)
        let runner = BatchRunner(handler: name, reactions: reactions, options: RuntimeOptions(), scope: scope) {
            StagedHome.start
        }
        var record: [UInt8] = []
        EventRecord.encode(event, into: &record)
        let work = Work(
            position: Position(StreamID(.ingress, event.topic), epoch: 1, sequence: 1), record: record[...],
            parkedAttempts: nil)
        guard case .handled(let said)? = await runner.run(Batch(lane: 0, works: [work], blocked: [])).outcomes.first
        else {
            Issue.record("the reaction failed")
            return []
        }
        return said
    }

    @Test(arguments: ["test.number", "test.doubled"])
    func `a span of the author's own has the handling as its parent, in both kinds of reaction`(topic: String)
        async throws
    {
        let seen = Seen()
        let event = try event(topic, traced: true)
        _ = try await run(event, TraceScope(Tracer()), seen: seen)
        #expect(seen.texts.withLock { $0 } == ["\(Traceparent.handling(event, by: "spanner")) vendor=7"])
    }

    @Test func `without a tracer nothing is put in place`() async throws {
        let seen = Seen()
        _ = try await run(event("test.number", traced: true), TraceScope(NoOpInstrument()), seen: seen)
        #expect(seen.texts.withLock { $0 } == [nil])
    }

    @Test func `what is emitted carries the handling's traceparent, and none where none came in`() async throws {
        let traced = try event("test.number", traced: true)
        let said = try await run(traced, TraceScope(), seen: Seen())
        #expect(said.map(\.traceparent) == [Traceparent.handling(traced, by: "spanner")])
        #expect(said.map(\.traceState) == ["vendor=7"])
        #expect(said[0].traceparent?.traceIDHigh == traced.traceparent?.traceIDHigh)
        let plain = try await run(event("test.number", traced: false), TraceScope(), seen: Seen())
        #expect(plain.map(\.traceparent) == [nil])
    }
}
