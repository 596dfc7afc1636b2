internal import Choreography
internal import Envelope
internal import FoundationEssentials

extension FlowTrace {
    /// The trace as one line of the OpenTelemetry file format: an OTLP/JSON `TracesData` (opentelemetry-proto 1.x).
    ///
    /// A span for the publishing of the root, and one for each handling, with the ids of
    /// ``Traceparent/handling(_:by:)``. A handling's parent is the one that said its event; further causes are links.
    /// Attributes follow the messaging conventions of OpenTelemetry, and `troupe.*`. Throws when a step's time or id
    /// cannot be read, which a trace that was made from journals does not have.
    package func otlp() throws -> String {
        let flowID = try FlowID(flow)
        var spans: [(handler: String, span: OTLP.Span)] = []
        let byID = stepsByID
        for step in steps {
            let started = try Timestamp(step.time).microseconds
            let event = Event(
                topic: try Topic(step.topic), flow: flowID, serial: try Serial(step.serial),
                time: Timestamp(microseconds: started), traceparent: try step.traceparent.map { try Traceparent($0) })
            let said = Traceparent.handling(event, by: PublisherID.ingress.handler.text)
            var parent = event.traceparent.map(\.spanID)
            var links: [OTLP.Link] = []
            if step.serial == Serial.root.text {
                spans.append((step.handler, span(step, said, parent, started)))
                parent = said.spanID
            } else {
                let causes = try step.causes.filter { byID[$0] != nil }.map {
                    try Traceparent.handling(
                        Event(topic: event.topic, id: EventID($0), traceparent: event.traceparent), by: step.handler)
                }
                parent = causes.first?.spanID ?? parent
                links = causes.dropFirst().map { OTLP.Link($0) }
            }
            for hearing in step.heardBy {
                let own = Traceparent.handling(event, by: hearing.handler)
                spans.append(
                    (hearing.handler, span(step, hearing, own, parent, links, root: started - step.sinceRoot)))
            }
        }
        let handlers = spans.reduce(into: [String]()) { if !$0.contains($1.handler) { $0.append($1.handler) } }
        let data = OTLP(
            resourceSpans: handlers.map { handler in
                OTLP.ResourceSpans(service: handler, spans: spans.filter { $0.handler == handler }.map(\.span))
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(data), as: UTF8.self)
    }

    /// The publishing of a root.
    private func span(_ step: Step, _ own: Traceparent, _ parent: UInt64?, _ started: Int64) -> OTLP.Span {
        let ended = started + max(0, step.appended - step.sinceRoot)
        return OTLP.Span(
            own, parent: parent, state: step.tracestate, name: "publish \(step.topic)", kind: .producer,
            from: started, to: ended, attributes: attributes(step, "publish", "send"))
    }

    /// A handling, or a hearing that led to none.
    private func span(
        _ step: Step, _ hearing: Hearing, _ own: Traceparent, _ parent: UInt64?, _ links: [OTLP.Link], root: Int64
    ) -> OTLP.Span {
        let ended = root + hearing.sinceRoot
        var attributes = attributes(step, "process", "process")
        attributes.append(OTLP.Attribute("troupe.outcome", hearing.outcome))
        attributes.append(OTLP.Attribute("troupe.attempts", Int64(hearing.attempts)))
        if let queued = hearing.queued { attributes.append(OTLP.Attribute("troupe.queued_us", queued)) }
        var span = OTLP.Span(
            own, parent: parent, state: step.tracestate, name: "process \(step.topic)", kind: .consumer,
            from: ended - (hearing.took ?? 0), to: ended, attributes: attributes)
        span.links = links.isEmpty ? nil : links
        if hearing.outcome == "dead" { span.status = OTLP.Status(code: 2, message: hearing.error) }
        return span
    }

    private func attributes(_ step: Step, _ name: String, _ type: String) -> [OTLP.Attribute] {
        [
            OTLP.Attribute("messaging.system", "troupe"), OTLP.Attribute("messaging.operation.name", name),
            OTLP.Attribute("messaging.operation.type", type), OTLP.Attribute("messaging.destination.name", step.topic),
            OTLP.Attribute("messaging.message.id", step.id),
            OTLP.Attribute("messaging.message.conversation_id", flow), OTLP.Attribute("troupe.step", step.step),
        ]
    }
}

extension Event {
    /// As much of a cause as its span's id needs.
    fileprivate init(topic: Topic, id: EventID, traceparent: Traceparent?) {
        self.init(
            topic: topic, flow: id.flow, serial: id.serial, time: Timestamp(microseconds: 0), traceparent: traceparent)
    }
}
