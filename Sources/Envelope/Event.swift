/// An immutable fact or request with its envelope: CloudEvents 1.0.2 with its own extensions and ours.
///
/// Identity is derived, not drawn: ``id`` is the flow and the serial. What can be derived is neither stored nor sent.
public struct Event: Hashable, Sendable {
    /// The event's type. CloudEvents `type`.
    public var topic: Topic

    /// All events that one root led to. CloudEvents extension `correlationid`.
    public var flow: FlowID

    /// The event's causal path in its flow. Our extension `serial`.
    public var serial: Serial

    /// When the event happened. CloudEvents `time`.
    public var time: Timestamp

    /// The place in its publisher's topic, from 1; 0 while not yet appended. CloudEvents extension `sequence`.
    public var sequence: UInt64

    /// Where the event stands in a distributed trace. CloudEvents extension `traceparent`.
    public var traceparent: Traceparent?

    /// A small string map that travels with the flow; 8 KiB in all. Our extension `context`.
    ///
    /// Keys are `[a-zA-Z0-9._-]{1,64}`; the limit counts the bytes of all keys and values.
    public var context: [String: String]

    /// The payload: JSON text unless ``dataContentType`` says otherwise; at most 15 MiB here, usually far less.
    public var data: [UInt8]

    var extras: EventExtrasBox?

    /// Creates an event; what is left out is derived or absent.
    ///
    /// Nothing is checked here; ``validate()`` does.
    ///
    /// - Parameters:
    ///   - topic: the event's type.
    ///   - flow: the flow that it belongs to.
    ///   - serial: its causal path; a root's unless given.
    ///   - time: when it happened.
    ///   - data: the payload, JSON text unless `dataContentType` says otherwise.
    ///   - sequence: its place in its publisher's topic, or 0.
    ///   - causes: all causes in any order; when empty, the one that the serial names.
    ///   - source: who made it, a URI reference; derived from the serial when nil.
    ///   - foreignID: the id that a root from elsewhere came with.
    ///   - subject: what it is about, within its source.
    ///   - dataContentType: the media type of `data`; nil means `application/json`.
    ///   - dataSchema: the URI of the schema of `data`.
    ///   - partitionKey: what orders its handling; the flow when nil.
    ///   - traceState: vendors' trace state.
    ///   - dataRef: where the payload lies when it is not in `data`, a URI reference.
    ///   - traceparent: where it stands in a distributed trace.
    ///   - expiryTime: from when on it is heard as expired.
    ///   - notBefore: until when its handling waits.
    ///   - context: a string map that travels with the flow.
    ///   - extensions: further CloudEvents extension attributes.
    public init(
        topic: Topic,
        flow: FlowID,
        serial: Serial = .root,
        time: Timestamp,
        data: [UInt8] = [],
        sequence: UInt64 = 0,
        causes: [EventID] = [],
        source: String? = nil,
        foreignID: String? = nil,
        subject: String? = nil,
        dataContentType: String? = nil,
        dataSchema: String? = nil,
        partitionKey: String? = nil,
        traceState: String? = nil,
        dataRef: String? = nil,
        traceparent: Traceparent? = nil,
        expiryTime: Timestamp? = nil,
        notBefore: Timestamp? = nil,
        context: [String: String] = [:],
        extensions: [String: ExtensionValue] = [:]
    ) {
        self.topic = topic
        self.flow = flow
        self.serial = serial
        self.time = time
        self.sequence = sequence
        self.traceparent = traceparent
        self.context = context
        self.data = data
        var extras = EventExtras()
        if !causes.isEmpty { extras.causes = Event.normalized(causes, flow: flow, serial: serial) }
        if let source, source != Event.derivedSource(serial) { extras.source = source }
        if let foreignID, foreignID != EventID(flow: flow, serial: serial).description { extras.foreignID = foreignID }
        extras.subject = subject
        if dataContentType != Event.defaultContentType { extras.dataContentType = dataContentType }
        extras.dataSchema = dataSchema
        extras.partitionKey = partitionKey
        extras.traceState = traceState
        extras.dataRef = dataRef
        extras.expiryTime = expiryTime
        extras.notBefore = notBefore
        extras.extensions = extensions
        self.extras = extras.isEmpty ? nil : EventExtrasBox(extras)
    }

    init(
        topic: Topic, flow: FlowID, serial: Serial, time: Timestamp, sequence: UInt64, traceparent: Traceparent?,
        context: [String: String], data: [UInt8], extras: EventExtrasBox?
    ) {
        self.topic = topic
        self.flow = flow
        self.serial = serial
        self.time = time
        self.sequence = sequence
        self.traceparent = traceparent
        self.context = context
        self.data = data
        self.extras = extras
    }
}
