/// Writes a record into memory that was reserved for it.
///
/// The length is known before anything is written (``length(of:)``), so that a batch of records is encoded in place; every
/// write is checked against the end of the memory.
struct RecordWriter {
    private let bytes: UnsafeMutableRawBufferPointer
    private var position = 0

    private init(_ bytes: UnsafeMutableRawBufferPointer) { self.bytes = bytes }

    /// The length of an event's record, in bytes.
    static func length(of event: Event) -> Int { withUnsafePointer(to: event) { length(of: $0) } }

    /// The length of an event's record, in bytes.
    static func length(of event: UnsafePointer<Event>) -> Int {
        var length = RecordLayout.flow + flowLength(event.pointee.flow) + 1 + event.pointee.topic.text.utf8.count
        length += 2 + event.pointee.serial.text.utf8.count + event.pointee.data.count
        if event.pointee.traceparent != nil { length += 3 + 25 }
        if let encoded = event.pointee.extras?.encoded {
            length += encoded.bytes.count
        } else if let box = event.pointee.extras {
            func text(_ value: String?) { if let value { length += 3 + value.utf8.count } }
            text(box.value.traceState)
            text(box.value.partitionKey)
            text(box.value.subject)
            text(stated(box, of: event.pointee))
            text(box.value.foreignID)
            text(box.value.dataContentType)
            text(box.value.dataSchema)
            text(box.value.dataRef)
            if box.value.expiryTime != nil { length += 3 + 8 }
            if box.value.notBefore != nil { length += 3 + 8 }
            if let causes = box.value.causes, causes.count > 1 {
                length += 5
                for cause in causes.dropFirst() { length += causeLength(cause, of: event.pointee.flow) }
            }
            if !box.value.extensions.isEmpty {
                length += 5
                for (name, value) in box.value.extensions { length += 1 + name.utf8.count + extensionLength(value) }
            }
        }
        if !event.pointee.context.isEmpty {
            length += 5
            for (key, value) in event.pointee.context { length += 3 + key.utf8.count + value.utf8.count }
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
            count = withUnsafePointer(to: event) { writer.putAttributes(of: $0) }
            size = writer.position
        }
        return (bytes, count)
    }

    /// Writes a record at the start of `bytes`, which have ``length(of:)`` bytes or more. Returns its length.
    ///
    /// By a pointer, so that no event is copied to be read.
    static func write(_ event: UnsafePointer<Event>, sequence: UInt64, to bytes: UnsafeMutableRawBufferPointer) -> Int {
        var writer = RecordWriter(bytes)
        // Length, checksum and attribute count are known at the end.
        writer.put(0 as UInt64)
        writer.put(RecordLayout.currentVersion)
        writer.put(event.pointee.flow.uuidBytes == nil ? RecordLayout.namedFlow : 0)
        // Not by way of the event's own word for it, for which it would be copied.
        let hasKey = event.pointee.extras?.value.partitionKey != nil
        writer.put(hasKey ? event.pointee.bucket : Event.bucket(ofFlow: event.pointee.flow))
        writer.put(0 as UInt8)
        writer.put(event.pointee.time.microseconds)
        writer.put(sequence)
        writer.put(event.pointee.flow)
        writer.put(event.pointee.topic.text, UInt8.self)
        writer.put(event.pointee.serial.text, UInt16.self)
        bytes[RecordLayout.attributeCount] = writer.putAttributes(of: event)
        event.pointee.data.withUnsafeBytes { writer.put($0) }
        let length = writer.position
        precondition(length <= EventRecord.maximumLength, "A record may have 16 MiB; call validate() first.")
        bytes.storeBytes(of: UInt32(length).littleEndian, as: UInt32.self)
        let covered = UnsafeRawBufferPointer(rebasing: bytes[RecordLayout.checksummed..<length])
        bytes.storeBytes(
            of: CRC32C.checksum(covered).littleEndian, toByteOffset: RecordLayout.checksum, as: UInt32.self)
        return length
    }

    /// The source where it is not what the serial says.
    private static func stated(_ box: EventExtrasBox, of event: Event) -> String? {
        guard let source = box.value.source, source != Event.derivedSource(event.serial) else { return nil }
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

    private mutating func putAttributes(of event: UnsafePointer<Event>) -> UInt8 {
        var count: UInt8 = 0
        if let traceparent = event.pointee.traceparent {
            count += 1
            put(AttributeKey.traceparent)
            put(25 as UInt16)
            put(traceparent.traceIDHigh.byteSwapped)
            put(traceparent.traceIDLow.byteSwapped)
            put(traceparent.spanID.byteSwapped)
            put(traceparent.flags)
        }
        if let encoded = event.pointee.extras?.encoded {
            count += encoded.count
            encoded.bytes.withUnsafeBytes { put($0) }
        } else if let box = event.pointee.extras {
            put(AttributeKey.traceState, box.value.traceState, &count)
            put(AttributeKey.partitionKey, box.value.partitionKey, &count)
            put(AttributeKey.subject, box.value.subject, &count)
            put(AttributeKey.source, Self.stated(box, of: event.pointee), &count)
            put(AttributeKey.foreignID, box.value.foreignID, &count)
            put(AttributeKey.dataContentType, box.value.dataContentType, &count)
            put(AttributeKey.dataSchema, box.value.dataSchema, &count)
            put(AttributeKey.dataRef, box.value.dataRef, &count)
            put(AttributeKey.expiryTime, box.value.expiryTime, &count)
            put(AttributeKey.notBefore, box.value.notBefore, &count)
            if let causes = box.value.causes, causes.count > 1 {
                putLong(AttributeKey.causes, &count) { writer in
                    for cause in causes.dropFirst() { writer.put(cause, of: event.pointee.flow) }
                }
            }
        }
        if !event.pointee.context.isEmpty {
            putLong(AttributeKey.context, &count) { writer in
                for (key, value) in event.pointee.context.sorted(by: { $0.key < $1.key }) {
                    writer.put(key, UInt8.self)
                    writer.put(value, UInt16.self)
                }
            }
        }
        if let box = event.pointee.extras, !box.value.extensions.isEmpty {
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
