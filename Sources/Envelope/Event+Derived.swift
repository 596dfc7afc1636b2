extension Event {
    /// The event's id: `flow/serial`, or the id that a root from elsewhere came with. CloudEvents `id`.
    public var id: String { foreignID ?? eventID.description }

    /// The event's identity in its choreography.
    public var eventID: EventID { EventID(flow: flow, serial: serial) }

    /// Who made the event: ``source``, or `troupe:` and the emitting handler, or `troupe:ingress` for a root.
    public var resolvedSource: String { source ?? Event.derivedSource(serial) }

    /// The flow's id as text. CloudEvents extension `correlationid`.
    public var correlationID: String { flow.text }

    /// The id of the least cause, or nil for a root. CloudEvents extension `causationid`.
    public var causationID: String? { causes.first?.description }

    /// What the event's handling is ordered by: its partition key, or its flow's id.
    public var orderingKey: String { partitionKey ?? flow.text }

    /// The low byte of the CRC-32C of ``orderingKey``, by which instances share the work.
    public var bucket: UInt8 {
        if var key = partitionKey {
            return key.withUTF8 { Event.bucket(ofKey: UnsafeRawBufferPointer($0)) }
        }
        return Event.bucket(ofFlow: flow)
    }

    /// Whether ``data`` is JSON text by its media type: none given, `application/json`, `text/json` or any `+json`.
    package var isJSON: Bool { ContentType(dataContentType).isJSON }

    /// The bucket of an ordering key's bytes.
    package static func bucket(ofKey key: UnsafeRawBufferPointer) -> UInt8 {
        UInt8(truncatingIfNeeded: CRC32C.checksum(key))
    }

    /// The bucket of events that are ordered by their flow.
    package static func bucket(ofFlow flow: FlowID) -> UInt8 {
        if let uuid = flow.uuidBytes { return bucket(ofUUID: uuid) }
        return flow.withTextBytes { bucket(ofKey: $0) }
    }

    /// The bucket of events that are ordered by a flow without a name of its own.
    package static func bucket(ofUUID uuid: (UInt64, UInt64)) -> UInt8 {
        UUIDBucket.of(uuid.0, uuid.1)
    }
}
