/// An event's identity: its flow and its place in the flow. Written `flow/serial`.
public struct EventID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The flow that the event belongs to.
    public var flow: FlowID

    /// The event's causal path in the flow.
    public var serial: Serial

    /// Creates an id from its parts.
    public init(flow: FlowID, serial: Serial) {
        self.flow = flow
        self.serial = serial
    }

    /// Reads `flow/serial`; the first slash parts them.
    ///
    /// - Throws: `badEventID` without a slash, `badFlowID` or `badSerial` when a part is outside its grammar.
    public init(_ text: some StringProtocol) throws(EnvelopeError) {
        guard let slash = text.utf8.firstIndex(of: Grammar.slash) else {
            throw EnvelopeError(
                .badEventID,
                "\(String(text).quotedForMessage) is no event id; write the flow id, a slash and the serial, such as "
                    + "\"order-7/1/payment.1\".")
        }
        self.flow = try FlowID(text[..<slash])
        self.serial = try Serial(text[text.utf8.index(after: slash)...])
    }

    /// The id as text: `flow/serial`.
    public var description: String { "\(flow.text)/\(serial.text)" }

    /// Orders ids by the bytes of the flow's text, then by the bytes of the serial's.
    public static func < (left: EventID, right: EventID) -> Bool {
        (left.flow, left.serial) < (right.flow, right.serial)
    }
}
