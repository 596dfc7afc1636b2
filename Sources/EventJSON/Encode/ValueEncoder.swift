/// The encoder of one value: two words, so that `any Encoder` holds it without allocating.
struct ValueEncoder: Encoder {
    let writer: JSONWriter
    let id: Int

    init(_ writer: JSONWriter, _ id: Int) {
        self.writer = writer
        self.id = id
    }

    var codingPath: [any CodingKey] { writer.path }
    var userInfo: [CodingUserInfoKey: Any] { writer.options.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(ObjectEncoder<Key>(writer, id))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { ArrayEncoder(writer, id) }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension ValueEncoder: SingleValueEncodingContainer {
    /// Writes the one value, and forgets that there is one if that throws.
    @inline(__always)
    private func single(_ body: () throws -> Void) throws {
        try writer.expectCurrent(id)
        writer.open(.scalar, id)
        do { try body() } catch {
            writer.state.pointee.level.kind = .nothing
            throw error
        }
    }

    func encodeNil() throws { try single { writer.writeNull() } }
    func encode(_ value: Bool) throws { try single { writer.write(value) } }
    func encode(_ value: String) throws { try single { writer.write(value) } }
    func encode(_ value: Double) throws { try single { try writer.write(value) } }
    func encode(_ value: Float) throws { try single { try writer.write(value) } }
    func encode(_ value: Int) throws { try single { writer.write(integer: value) } }
    func encode(_ value: Int8) throws { try single { writer.write(integer: value) } }
    func encode(_ value: Int16) throws { try single { writer.write(integer: value) } }
    func encode(_ value: Int32) throws { try single { writer.write(integer: value) } }
    func encode(_ value: Int64) throws { try single { writer.write(integer: value) } }
    func encode(_ value: Int128) throws { try single { writer.write(integer: value) } }
    func encode(_ value: UInt) throws { try single { writer.write(integer: value) } }
    func encode(_ value: UInt8) throws { try single { writer.write(integer: value) } }
    func encode(_ value: UInt16) throws { try single { writer.write(integer: value) } }
    func encode(_ value: UInt32) throws { try single { writer.write(integer: value) } }
    func encode(_ value: UInt64) throws { try single { writer.write(integer: value) } }
    func encode(_ value: UInt128) throws { try single { writer.write(integer: value) } }
    func encode<T: Encodable>(_ value: T) throws { try single { try writer.write(value) } }
}
