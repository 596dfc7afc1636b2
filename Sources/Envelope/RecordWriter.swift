/// Writes a record into memory that was reserved for it.
///
/// The length is known before anything is written (``length(of:)``), so that a batch of records is encoded in place; every
/// write is checked against the end of the memory.
struct RecordWriter {
    private let bytes: UnsafeMutableRawBufferPointer
    private var position = 0

    private init(_ bytes: UnsafeMutableRawBufferPointer) { self.bytes = bytes }

    /// The length of an event's record, in bytes.
    static func length(of event: Event) -> Int {
        length(
            event.topic, event.flow, event.serial, event.data, event.traceparent, event.context, event.extras)
    }

    /// As the one for an event, of one that lies somewhere: it is not copied to be read.
    static func length(of event: UnsafePointer<Event>) -> Int {
        length(
            event.pointee.topic, event.pointee.flow, event.pointee.serial, event.pointee.data,
            event.pointee.traceparent, event.pointee.context, event.pointee.extras)
    }

    /// Of an event in parts: as a whole it would be copied for the one or the other.
    @inline(__always)
    private static func length(
        _ topic: Topic, _ flow: FlowID, _ serial: Serial, _ data: [UInt8], _ traceparent: Traceparent?,
        _ context: [String: String], _ extras: EventExtrasBox?
    ) -> Int {
        var length = RecordLayout.flow + flowLength(flow) + 1 + topic.text.utf8.count
        length += 2 + serial.text.utf8.count + data.count
        if traceparent != nil { length += 3 + 25 }
        if let encoded = extras?.encoded {
            length += encoded.bytes.count
        } else if let box = extras {
            func text(_ value: String?) { if let value { length += 3 + value.utf8.count } }
            text(box.value.traceState)
            text(box.value.partitionKey)
            text(box.value.subject)
            text(stated(box, of: serial))
            text(box.value.foreignID)
            text(box.value.dataContentType)
            text(box.value.dataSchema)
            text(box.value.dataRef)
            if box.value.expiryTime != nil { length += 3 + 8 }
            if box.value.notBefore != nil { length += 3 + 8 }
            if let causes = box.value.causes, causes.count > 1 {
                length += 5
                for cause in causes.dropFirst() { length += causeLength(cause, of: flow) }
            }
            if !box.value.extensions.isEmpty {
                length += 5
                for (name, value) in box.value.extensions { length += 1 + name.utf8.count + extensionLength(value) }
            }
        }
        if !context.isEmpty {
            length += 5
            for (key, value) in context { length += 3 + key.utf8.count + value.utf8.count }
        }
        return length
    }

    /// What few events carry as it stands in a record, for many events that carry the same; nil where it depends on the event.
    static func encoded(_ value: EventExtras) -> (bytes: [UInt8], count: UInt8)? {
        guard value.source == nil, value.causes == nil, value.extensions.isEmpty else { return nil }
        var event = Event(
            topic: Topic(unchecked: "a"), flow: FlowID(uuidBytes: (0, 0)), time: Timestamp(microseconds: 0))
        let without = length(of: event)
        event.extras = EventExtrasBox(value)
        var count: UInt8 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: length(of: event) - without) { buffer, size in
            var writer = RecordWriter(UnsafeMutableRawBufferPointer(buffer))
            count = writer.putAttributes(event.flow, event.serial, nil, [:], event.extras)
            size = writer.position
        }
        return (bytes, count)
    }

    /// Writes a record at the start of `bytes`, which have ``length(of:)`` bytes or more. Returns its length.
    static func write(_ event: Event, sequence: UInt64, to bytes: UnsafeMutableRawBufferPointer) -> Int {
        write(
            event.topic, event.flow, event.serial, event.time, event.data, event.traceparent, event.context,
            event.extras, sequence, bytes)
    }

    /// As the one for an event, of one that lies somewhere: it is not copied to be read.
    static func write(_ event: UnsafePointer<Event>, sequence: UInt64, to bytes: UnsafeMutableRawBufferPointer) -> Int {
        write(
            event.pointee.topic, event.pointee.flow, event.pointee.serial, event.pointee.time, event.pointee.data,
            event.pointee.traceparent, event.pointee.context, event.pointee.extras, sequence, bytes)
    }

    @inline(__always)
    private static func write(
        _ topic: Topic, _ flow: FlowID, _ serial: Serial, _ time: Timestamp, _ data: [UInt8],
        _ traceparent: Traceparent?, _ context: [String: String], _ extras: EventExtrasBox?, _ sequence: UInt64,
        _ bytes: UnsafeMutableRawBufferPointer
    ) -> Int {
        var writer = RecordWriter(bytes)
        // Length, checksum and attribute count are known at the end.
        writer.put(0 as UInt64)
        writer.put(RecordLayout.currentVersion)
        writer.put(flow.uuidBytes == nil ? RecordLayout.namedFlow : 0)
        writer.put(bucket(extras, flow))
        writer.put(0 as UInt8)
        writer.put(time.microseconds)
        writer.put(sequence)
        writer.put(flow)
        writer.put(topic.text, UInt8.self)
        writer.put(serial.text, UInt16.self)
        bytes[RecordLayout.attributeCount] = writer.putAttributes(flow, serial, traceparent, context, extras)
        data.withUnsafeBytes { writer.put($0) }
        let length = writer.position
        precondition(length <= EventRecord.maximumLength, "A record may have 16 MiB; call validate() first.")
        bytes.storeBytes(of: UInt32(length).littleEndian, as: UInt32.self)
        let covered = UnsafeRawBufferPointer(rebasing: bytes[RecordLayout.checksummed..<length])
        bytes.storeBytes(
            of: CRC32C.checksum(covered).littleEndian, toByteOffset: RecordLayout.checksum, as: UInt32.self)
        return length
    }

    private static func bucket(_ extras: EventExtrasBox?, _ flow: FlowID) -> UInt8 {
        guard var key = extras?.value.partitionKey else { return Event.bucket(ofFlow: flow) }
        return key.withUTF8 { Event.bucket(ofKey: UnsafeRawBufferPointer($0)) }
    }

    /// The source where it is not what the serial says.
    private static func stated(_ box: EventExtrasBox, of serial: Serial) -> String? {
        guard let source = box.value.source, source != Event.derivedSource(serial) else { return nil }
        return source
    }

    private static func flowLength(_ flow: FlowID) -> Int { flow.uuidBytes == nil ? 1 + flow.text.utf8.count : 16 }

    private static func causeLength(_ cause: EventID, of flow: FlowID) -> Int {
        1 + (cause.flow == flow ? 0 : flowLength(cause.flow)) + 2 + cause.serial.text.utf8.count
    }

    private static func extensionLength(_ value: ExtensionValue) -> Int {
        switch value {
        case .string(let text): 1 + 2 + text.utf8.count
        case .integer: 1 + 4
        case .boolean: 1 + 1
        }
    }

    // MARK: attributes

    private mutating func putAttributes(
        _ flow: FlowID, _ serial: Serial, _ traceparent: Traceparent?, _ context: [String: String],
        _ extras: EventExtrasBox?
    ) -> UInt8 {
        var count: UInt8 = 0
        if let traceparent {
            count += 1
            put(AttributeKey.traceparent)
            put(25 as UInt16)
            put(traceparent.traceIDHigh.byteSwapped)
            put(traceparent.traceIDLow.byteSwapped)
            put(traceparent.spanID.byteSwapped)
            put(traceparent.flags)
        }
        if let encoded = extras?.encoded {
            count += encoded.count
            encoded.bytes.withUnsafeBytes { put($0) }
        } else if let box = extras {
            put(AttributeKey.traceState, box.value.traceState, &count)
            put(AttributeKey.partitionKey, box.value.partitionKey, &count)
            put(AttributeKey.subject, box.value.subject, &count)
            put(AttributeKey.source, Self.stated(box, of: serial), &count)
            put(AttributeKey.foreignID, box.value.foreignID, &count)
            put(AttributeKey.dataContentType, box.value.dataContentType, &count)
            put(AttributeKey.dataSchema, box.value.dataSchema, &count)
            put(AttributeKey.dataRef, box.value.dataRef, &count)
            put(AttributeKey.expiryTime, box.value.expiryTime, &count)
            put(AttributeKey.notBefore, box.value.notBefore, &count)
            if let causes = box.value.causes, causes.count > 1 {
                putLong(AttributeKey.causes, &count) { writer in
                    for cause in causes.dropFirst() { writer.put(cause, of: flow) }
                }
            }
        }
        if !context.isEmpty {
            putLong(AttributeKey.context, &count) { writer in
                for (key, value) in context.sorted(by: { $0.key < $1.key }) {
                    writer.put(key, UInt8.self)
                    writer.put(value, UInt16.self)
                }
            }
        }
        if let box = extras, !box.value.extensions.isEmpty {
            putLong(AttributeKey.extensions, &count) { writer in
                for (name, value) in box.value.extensions.sorted(by: { $0.key < $1.key }) {
                    writer.put(name, UInt8.self)
                    writer.put(value)
                }
            }
        }
        return count
    }

    @inline(__always)
    private mutating func put(_ key: UInt8, _ value: String?, _ count: inout UInt8) {
        guard let value else { return }
        count += 1
        put(key)
        put(value, UInt16.self)
    }

    @inline(__always)
    private mutating func put(_ key: UInt8, _ value: Timestamp?, _ count: inout UInt8) {
        guard let value else { return }
        count += 1
        put(key)
        put(8 as UInt16)
        put(value.microseconds)
    }

    private mutating func putLong(_ key: UInt8, _ count: inout UInt8, _ body: (inout RecordWriter) -> Void) {
        count += 1
        put(key)
        let start = position
        put(0 as UInt32)
        body(&self)
        bytes.storeBytes(of: UInt32(position - start - 4).littleEndian, toByteOffset: start, as: UInt32.self)
    }

    private mutating func put(_ cause: EventID, of flow: FlowID) {
        if cause.flow == flow {
            put(0 as UInt8)
        } else {
            put((cause.flow.uuidBytes == nil ? 2 : 1) as UInt8)
            put(cause.flow)
        }
        put(cause.serial.text, UInt16.self)
    }

    private mutating func put(_ value: ExtensionValue) {
        switch value {
        case .string(let text):
            put(0 as UInt8)
            put(text, UInt16.self)
        case .integer(let number):
            put(1 as UInt8)
            put(number)
        case .boolean(let flag):
            put(2 as UInt8)
            put((flag ? 1 : 0) as UInt8)
        }
    }

    // MARK: parts

    private mutating func put(_ flow: FlowID) {
        if let uuid = flow.uuidBytes {
            put(uuid.0.byteSwapped)
            put(uuid.1.byteSwapped)
        } else {
            put(flow.text, UInt8.self)
        }
    }

    /// A text behind its length.
    @inline(__always)
    private mutating func put<L: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(_ text: String, _: L.Type) {
        var text = text
        text.withUTF8 { utf8 in
            put(L(utf8.count))
            put(UnsafeRawBufferPointer(utf8))
        }
    }

    @inline(__always)
    private mutating func put(_ value: some FixedWidthInteger & BitwiseCopyable) {
        let size = MemoryLayout.size(ofValue: value)
        precondition(bytes.count - position >= size, "A record is longer than it was said to be.")
        bytes.storeBytes(of: value.littleEndian, toByteOffset: position, as: type(of: value))
        position += size
    }

    @inline(__always)
    private mutating func put(_ source: UnsafeRawBufferPointer) {
        precondition(bytes.count - position >= source.count, "A record is longer than it was said to be.")
        guard let from = source.baseAddress, let base = bytes.baseAddress else { return }
        (base + position).copyMemory(from: from, byteCount: source.count)
        position += source.count
    }
}
