/// Writes records.
enum RecordWriter {
    static func write(_ event: Event, into bytes: inout [UInt8]) {
        let start = bytes.count
        // Length, checksum and attribute count are known at the end.
        withUnsafeTemporaryAllocation(byteCount: RecordLayout.flow, alignment: 8) { fixed in
            fixed.storeBytes(of: 0, as: UInt64.self)
            fixed[RecordLayout.version] = 0
            fixed[RecordLayout.flags] = event.flow.uuidBytes == nil ? RecordLayout.namedFlow : 0
            fixed[RecordLayout.bucket] = event.bucket
            fixed[RecordLayout.attributeCount] = 0
            fixed.storeBytes(
                of: event.time.microseconds.littleEndian, toByteOffset: RecordLayout.time, as: Int64.self)
            fixed.storeBytes(of: event.sequence.littleEndian, toByteOffset: RecordLayout.sequence, as: UInt64.self)
            bytes.append(contentsOf: UnsafeRawBufferPointer(fixed))
        }
        appendFlow(event.flow, to: &bytes)
        bytes.append(UInt8(event.topic.text.utf8.count))
        bytes.append(contentsOf: event.topic.text.utf8)
        appendSerial(event.serial, to: &bytes)
        bytes[start + RecordLayout.attributeCount] = writeAttributes(of: event, into: &bytes)
        bytes.append(contentsOf: event.data)
        let length = bytes.count - start
        precondition(length <= EventRecord.maximumLength, "A record may have 16 MiB; call validate() first.")
        bytes.withUnsafeMutableBytes { raw in
            raw.storeBytes(of: UInt32(length).littleEndian, toByteOffset: start, as: UInt32.self)
            let covered = UnsafeRawBufferPointer(rebasing: raw[(start + RecordLayout.checksummed)...])
            raw.storeBytes(
                of: CRC32C.checksum(covered).littleEndian, toByteOffset: start + RecordLayout.checksum, as: UInt32.self)
        }
    }

    private static func appendFlow(_ flow: FlowID, to bytes: inout [UInt8]) {
        if let uuid = flow.uuidBytes {
            bytes.appendLittleEndian(uuid.0.byteSwapped)
            bytes.appendLittleEndian(uuid.1.byteSwapped)
        } else {
            let name = flow.text
            bytes.append(UInt8(name.utf8.count))
            bytes.append(contentsOf: name.utf8)
        }
    }

    private static func appendSerial(_ serial: Serial, to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(UInt16(serial.text.utf8.count))
        bytes.append(contentsOf: serial.text.utf8)
    }

    private static func writeAttributes(of event: Event, into bytes: inout [UInt8]) -> UInt8 {
        var count: UInt8 = 0
        if let traceparent = event.traceparent {
            count += 1
            bytes.append(AttributeKey.traceparent)
            bytes.appendLittleEndian(25 as UInt16)
            bytes.appendLittleEndian(traceparent.traceIDHigh.byteSwapped)
            bytes.appendLittleEndian(traceparent.traceIDLow.byteSwapped)
            bytes.appendLittleEndian(traceparent.spanID.byteSwapped)
            bytes.append(traceparent.flags)
        }
        let extras = event.extras?.value
        func text(_ key: UInt8, _ value: String?) {
            guard let value else { return }
            count += 1
            bytes.append(key)
            bytes.appendLittleEndian(UInt16(value.utf8.count))
            bytes.append(contentsOf: value.utf8)
        }
        func time(_ key: UInt8, _ value: Timestamp?) {
            guard let value else { return }
            count += 1
            bytes.append(key)
            bytes.appendLittleEndian(8 as UInt16)
            bytes.appendLittleEndian(value.microseconds)
        }
        func long(_ key: UInt8, _ body: (inout [UInt8]) -> Void) {
            count += 1
            bytes.append(key)
            let start = bytes.count
            bytes.appendLittleEndian(0 as UInt32)
            body(&bytes)
            let length = UInt32(bytes.count - start - 4)
            bytes.withUnsafeMutableBytes {
                $0.storeBytes(of: length.littleEndian, toByteOffset: start, as: UInt32.self)
            }
        }
        if let extras {
            text(AttributeKey.traceState, extras.traceState)
            text(AttributeKey.partitionKey, extras.partitionKey)
            text(AttributeKey.subject, extras.subject)
            text(AttributeKey.source, extras.source == Event.derivedSource(event.serial) ? nil : extras.source)
            text(AttributeKey.foreignID, extras.foreignID)
            text(AttributeKey.dataContentType, extras.dataContentType)
            text(AttributeKey.dataSchema, extras.dataSchema)
            text(AttributeKey.dataRef, extras.dataRef)
            time(AttributeKey.expiryTime, extras.expiryTime)
            time(AttributeKey.notBefore, extras.notBefore)
            if let causes = extras.causes, causes.count > 1 {
                long(AttributeKey.causes) { bytes in
                    for cause in causes.dropFirst() { appendCause(cause, of: event.flow, to: &bytes) }
                }
            }
        }
        if !event.context.isEmpty {
            long(AttributeKey.context) { bytes in
                for (key, value) in event.context.sorted(by: { $0.key < $1.key }) {
                    bytes.append(UInt8(key.utf8.count))
                    bytes.append(contentsOf: key.utf8)
                    bytes.appendLittleEndian(UInt16(value.utf8.count))
                    bytes.append(contentsOf: value.utf8)
                }
            }
        }
        if let extensions = extras?.extensions, !extensions.isEmpty {
            long(AttributeKey.extensions) { bytes in
                for (name, value) in extensions.sorted(by: { $0.key < $1.key }) {
                    bytes.append(UInt8(name.utf8.count))
                    bytes.append(contentsOf: name.utf8)
                    append(value, to: &bytes)
                }
            }
        }
        return count
    }

    private static func appendCause(_ cause: EventID, of flow: FlowID, to bytes: inout [UInt8]) {
        if cause.flow == flow {
            bytes.append(0)
        } else {
            bytes.append(cause.flow.uuidBytes == nil ? 2 : 1)
            appendFlow(cause.flow, to: &bytes)
        }
        appendSerial(cause.serial, to: &bytes)
    }

    private static func append(_ value: ExtensionValue, to bytes: inout [UInt8]) {
        switch value {
        case .string(let text):
            bytes.append(0)
            bytes.appendLittleEndian(UInt16(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        case .integer(let number):
            bytes.append(1)
            bytes.appendLittleEndian(number)
        case .boolean(let flag):
            bytes.append(2)
            bytes.append(flag ? 1 : 0)
        }
    }
}
