extension Event {
    static let defaultContentType = "application/json"

    /// All causes, sorted, least first; empty for a root. Our extension `causes`, and `causationid` for the least.
    ///
    /// Unless set to something else, it is the one cause that the serial names. Setting sorts and drops repetitions;
    /// setting none goes back to what the serial names.
    public var causes: [EventID] {
        get {
            if let causes = extras?.value.causes { return causes }
            return serial.parent.map { [EventID(flow: flow, serial: $0)] } ?? []
        }
        set {
            let normalized = Event.normalized(newValue, flow: flow, serial: serial)
            change { $0.causes = normalized }
        }
    }

    /// Who made the event, a URI reference; nil when it is derived. CloudEvents `source`.
    ///
    /// See ``resolvedSource``. Setting what would be derived sets nil.
    public var source: String? {
        get { extras?.value.source }
        set {
            let derived = Event.derivedSource(serial)
            change { $0.source = newValue == derived ? nil : newValue }
        }
    }

    /// The id that a root from elsewhere came with, when it is not `flow/serial`; such a root has a ``source``.
    public var foreignID: String? {
        get { extras?.value.foreignID }
        set {
            let derived = eventID.description
            change { $0.foreignID = newValue == derived ? nil : newValue }
        }
    }

    /// What the event is about, within its source. CloudEvents `subject`.
    public var subject: String? {
        get { extras?.value.subject }
        set { change { $0.subject = newValue } }
    }

    /// The media type of ``data``; nil means `application/json`. CloudEvents `datacontenttype`.
    public var dataContentType: String? {
        get { extras?.value.dataContentType }
        set { change { $0.dataContentType = newValue == Event.defaultContentType ? nil : newValue } }
    }

    /// The URI of the schema of ``data``. CloudEvents `dataschema`.
    public var dataSchema: String? {
        get { extras?.value.dataSchema }
        set { change { $0.dataSchema = newValue } }
    }

    /// What orders the event's handling, instead of the flow. CloudEvents extension `partitionkey`.
    public var partitionKey: String? {
        get { extras?.value.partitionKey }
        set { change { $0.partitionKey = newValue } }
    }

    /// Vendors' trace state, kept as it came. CloudEvents extension `tracestate`.
    public var traceState: String? {
        get { extras?.value.traceState }
        set { change { $0.traceState = newValue } }
    }

    /// Where the payload lies when it is not in ``data``, a URI reference. CloudEvents extension `dataref`.
    public var dataRef: String? {
        get { extras?.value.dataRef }
        set { change { $0.dataRef = newValue } }
    }

    /// From when on the event is heard as expired. CloudEvents extension `expirytime`.
    public var expiryTime: Timestamp? {
        get { extras?.value.expiryTime }
        set { change { $0.expiryTime = newValue } }
    }

    /// Until when the event's handling waits. Our extension `notbefore`.
    public var notBefore: Timestamp? {
        get { extras?.value.notBefore }
        set { change { $0.notBefore = newValue } }
    }

    /// Further extension attributes (CloudEvents 1.0.2 §3.1.3); names are `[a-z0-9]{1,20}` and none of those above.
    public var extensions: [String: ExtensionValue] {
        get { extras?.value.extensions ?? [:] }
        set { change { $0.extensions = newValue } }
    }

    private mutating func change(_ body: (inout EventExtras) -> Void) {
        var value = extras?.value ?? EventExtras()
        body(&value)
        extras = value.isEmpty ? nil : EventExtrasBox(value)
    }

    /// Causes sorted and without repetitions, or nil when they are just what the serial says.
    static func normalized(_ causes: [EventID], flow: FlowID, serial: Serial) -> [EventID]? {
        guard !causes.isEmpty else { return nil }
        var sorted = causes.sorted()
        var index = 1
        while index < sorted.count {
            if sorted[index] == sorted[index - 1] { sorted.remove(at: index) } else { index += 1 }
        }
        if sorted.count == 1, sorted[0].flow == flow, sorted[0].serial == serial.parent { return nil }
        return sorted
    }

    static func derivedSource(_ serial: Serial) -> String { "troupe:" + (serial.handler ?? "ingress") }
}
