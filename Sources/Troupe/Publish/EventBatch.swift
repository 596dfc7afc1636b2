public import Envelope

/// Root events of one topic that are published together: one append, one wait for the disk.
///
/// ```swift
/// var batch = try EventBatch(topic: "sensor.sample", contentType: "application/octet-stream")
/// for sample in samples { try batch.append(sample) }
/// try await publisher.publish(batch)
/// ```
/// What all have in common is checked and encoded once. Each event begins a flow of its own.
public struct EventBatch: Sendable {
    /// The most bytes that the events of a batch may take, data and envelopes: 16 MiB.
    public static let byteLimit = 16 << 20

    package private(set) var records: RootRecords
    private var numbers = Numbers()
    private let dataLimit: Int

    /// Random numbers that one batch draws.
    private final class Numbers: @unchecked Sendable {
        // Unchecked: only a batch that alone refers to it changes it.
        @exclusivity(unchecked) var random = FlowRandom()
    }

    /// The number of events.
    public var count: Int { records.count }
    public var isEmpty: Bool { count == 0 }
    /// The bytes that the events take, data and envelopes.
    public var byteCount: Int { records.bytes.count }

    /// Begins a batch. Throws `EnvelopeError` for a topic, content type, key or context that an event cannot have.
    ///
    /// - Parameters:
    ///   - contentType: the media type of the data; JSON unless said otherwise.
    ///   - key: the partition key of all: they are handled in order. Nil orders nothing between them.
    ///   - context: travels with the flows.
    ///   - dataLimit: the most bytes of data of an event.
    public init(
        topic: String, contentType: String? = nil, key: String? = nil, context: [String: String] = [:],
        dataLimit: Int = 64 << 10
    ) throws {
        var template = Event(topic: try Topic(topic), flow: FlowID(uuidBytes: (0, 0)), time: WallClock.now())
        template.dataContentType = contentType
        template.partitionKey = key
        template.context = context
        try self.init(template, dataLimit: dataLimit)
    }

    /// Begins a batch of events that have all but flow, time and data of a template.
    package init(_ template: Event, dataLimit: Int) throws {
        records = try RootRecords(template)
        self.dataLimit = dataLimit
    }

    /// Adds an event with this data, and says which flow it begins. Throws, and adds nothing, when the data is over the
    /// limit or the batch would be.
    @discardableResult
    public mutating func append(_ data: Span<UInt8>, time: Timestamp? = nil) throws -> FlowID {
        guard data.count <= dataLimit else {
            throw HandlerError(
                .failed,
                "the data of an event has \(data.count) bytes; the limit is \(dataLimit). Store it elsewhere"
                    + " and publish a reference to it")
        }
        guard records.bytes.count + data.count + 4096 <= Self.byteLimit else {
            throw HandlerError(
                .failed, "a batch holds \(Self.byteLimit >> 20) MiB; publish it, and begin another one")
        }
        let time = time ?? WallClock.now()
        // A copy of a batch must not draw the numbers that the batch will.
        if !isKnownUniquelyReferenced(&numbers) { numbers = Numbers() }
        let flow = FlowID.generate(microseconds: time.microseconds, using: &numbers.random)
        guard let uuid = flow.uuidBytes else { preconditionFailure("a generated flow is a UUID") }
        try data.withUnsafeBytes { bytes throws(EnvelopeError) in
            try records.append(flow: uuid, time: time, data: bytes)
        }
        return flow
    }

    /// Adds an event with this data.
    @discardableResult
    public mutating func append(_ data: [UInt8], time: Timestamp? = nil) throws -> FlowID {
        try append(data.span, time: time)
    }

    /// Adds an event with this payload as JSON. Throws when it is of another topic, or cannot be encoded.
    @discardableResult
    public mutating func append<P: EventPayload>(_ payload: P) throws -> FlowID {
        guard P.topic == records.topic.text else {
            throw HandlerError(.badTopic, "\(P.self) is of \(P.topic), and the batch of \(records.topic)")
        }
        return try append(PayloadCoder.encode(payload))
    }

    /// Removes all events, to begin anew with what they had in common.
    public mutating func removeAll() { records.removeAll() }
}
