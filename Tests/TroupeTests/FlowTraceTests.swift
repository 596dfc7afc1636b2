internal import Choreography
internal import Envelope
internal import Foundation
internal import Testing
internal import Troupe

/// What a trace says, from journals that say the same in every run.
@Suite struct FlowTraceTests {
    static let flow = "01a1fbfb-0ddb-7f2b-b8e1-8598860227c8"

    /// An order: payment succeeds at its second attempt and adds to the context, stock gives up, delivery is to try
    /// again, the archive has yet to hear, and mail heard it with no effect.
    static func write(_ home: Home) throws {
        let staged = try StagedHome(home)
        try staged.register("order", "shop.order.placed")
        try staged.register("payment", "shop.order.accepted")
        try staged.register("stock", "shop.order.accepted")
        try staged.register("mail", "shop.payment.authorized")
        try staged.register("delivery", "shop.payment.authorized")
        try staged.register("archive", "shop.order.placed")
        var placed = try staged.event("shop.order.placed", "\(flow)/1", at: 0, context: ["tenant": "acme"])
        placed.traceparent = try Traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        placed.traceState = "vendor=7"
        var accepted = try staged.event("shop.order.accepted", "\(flow)/1/order.1", at: 39.5, context: placed.context)
        accepted.traceparent = .handling(placed, by: "order")
        var authorized = try staged.event(
            "shop.payment.authorized", "\(flow)/1/order.1/payment.1", at: 149,
            context: ["tenant": "acme", "provider": "bank"])
        authorized.traceparent = .handling(accepted, by: "payment")
        let heard = try staged.position("order", "shop.order.accepted")
        func draft(
            _ milliseconds: Double, _ heard: [HeardRun] = [], said: [Event] = [], _ knows: Knowledge...
        ) -> EntryDraft {
            EntryDraft(heard: heard, said: said, knows: knows, time: StagedHome.time(milliseconds))
        }
        try staged.append("ingress", draft(0.2, said: [placed]))
        try staged.append(
            "order", draft(40, [try staged.run("ingress", "shop.order.placed")], said: [accepted], .took([1600])))
        let park = Park(
            position: heard, reason: .retry, due: StagedHome.time(146), attempts: 1, key: flow,
            error: "the bank; is #1 busy", record: [])
        try staged.append(
            "payment",
            draft(45, [try staged.run("order", "shop.order.accepted", .parked)], .park(park), .took([2000])),
            draft(150, said: [authorized], .unpark(heard), .took([3000])))
        let letter = DeadLetter(
            position: heard, time: StagedHome.time(44), attempts: 1, error: "no such sku", record: [])
        try staged.append(
            "stock", draft(44, [try staged.run("order", "shop.order.accepted", .dead)], .dead(letter), .took([500])))
        try staged.append(
            "mail", draft(160, [try staged.run("payment", "shop.payment.authorized")], .took([700])))
        let late = Park(
            position: try staged.position("payment", "shop.payment.authorized"), reason: .retry,
            due: StagedHome.time(255), attempts: 1, key: flow, error: "no van", record: [])
        try staged.append(
            "delivery",
            draft(
                155, [try staged.run("payment", "shop.payment.authorized", .parked)], .park(late), .took([900])))
    }

    private func trace() async throws -> FlowTrace {
        try await withHome { home in
            try Self.write(home)
            return try #require(try FlowReader(home: home).trace(FlowID(Self.flow)))
        }
    }

    @Test func `the tree shows times, attempts, context, what failed, what is outstanding, and the critical path`()
        async throws
    {
        let text = try await trace().lines().joined(separator: "\n")
        #expect(try text == Golden.expected("trace.txt", text))
    }

    @Test func `the JSON holds all of it`() async throws {
        let trace = try await trace()
        let text = try Self.pretty(trace.json())
        #expect(try text == Golden.expected("trace.json", text))
        #expect(try JSONDecoder().decode(FlowTrace.self, from: Data(trace.json().utf8)) == trace)
    }

    @Test func `Mermaid gets a sequence diagram`() async throws {
        let text = try await trace().mermaid().joined(separator: "\n")
        #expect(try text == Golden.expected("trace.mmd", text))
    }

    @Test func `OpenTelemetry gets one line, whose spans hang together`() async throws {
        let line = try await trace().otlp()
        #expect(!line.contains("\n"))
        let text = try Self.pretty(line)
        #expect(try text == Golden.expected("trace.otlp.json", text))
    }

    @Test func `a span's parent is the handling that said its event`() async throws {
        let line = try await trace().otlp()
        let data = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let resources = try #require(data["resourceSpans"] as? [[String: Any]])
        let spans = resources.flatMap {
            ($0["scopeSpans"] as? [[String: Any]] ?? []).flatMap { $0["spans"] as? [[String: Any]] ?? [] }
        }
        let ids = spans.compactMap { $0["spanId"] as? String }
        #expect(Set(ids).count == 6)
        let parents = spans.compactMap { $0["parentSpanId"] as? String }
        #expect(parents.filter { !ids.contains($0) } == ["00f067aa0ba902b7"], "only the caller's is not here")
        #expect(Set(spans.compactMap { $0["traceId"] as? String }) == ["4bf92f3577b34da6a3ce929d0e0e4736"])
    }

    @Test func `a flow without a trace context has its own id as the trace's`() throws {
        let event = Event(
            topic: try Topic("a"), flow: try FlowID(Self.flow), time: Timestamp(microseconds: 0))
        let span = Traceparent.handling(event, by: "payment")
        #expect(span.description.hasPrefix("00-01a1fbfb0ddb7f2bb8e18598860227c8-"))
        #expect(span.isSampled)
        #expect(
            span == .handling(event, by: "payment") && span.spanID != Traceparent.handling(event, by: "stock").spanID)
    }

    static func pretty(_ json: String) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8))
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }
}
