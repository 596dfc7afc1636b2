/// The elements of an array.
struct ArrayEncoder: UnkeyedEncodingContainer {
    private let writer: JSONWriter
    private let id: Int

    init(_ writer: JSONWriter, _ id: Int) {
        self.writer = writer
        self.id = id
        writer.open(.array, id)
    }

    var codingPath: [any CodingKey] { writer.path }
    /// Elements so far; 0 when another value encodes itself now.
    var count: Int { writer.state.pointee.level.id == id ? writer.state.pointee.level.count : 0 }

    @inline(__always)
    private func element(_ body: () throws -> Void) throws { try writer.entry(id, body) }

    func encodeNil() throws { try element { writer.writeNull() } }
    func encode(_ value: Bool) throws { try element { writer.write(value) } }
    func encode(_ value: String) throws { try element { writer.write(value) } }
    func encode(_ value: Int) throws { try element { writer.write(integer: value) } }
    func encode(_ value: Int8) throws { try element { writer.write(integer: value) } }
    func encode(_ value: Int16) throws { try element { writer.write(integer: value) } }
    func encode(_ value: Int32) throws { try element { writer.write(integer: value) } }
    func encode(_ value: Int64) throws { try element { writer.write(integer: value) } }
    func encode(_ value: Int128) throws { try element { writer.write(integer: value) } }
    func encode(_ value: UInt) throws { try element { writer.write(integer: value) } }
    func encode(_ value: UInt8) throws { try element { writer.write(integer: value) } }
    func encode(_ value: UInt16) throws { try element { writer.write(integer: value) } }
    func encode(_ value: UInt32) throws { try element { writer.write(integer: value) } }
    func encode(_ value: UInt64) throws { try element { writer.write(integer: value) } }
    func encode(_ value: UInt128) throws { try element { writer.write(integer: value) } }
    func encode(_ value: Double) throws { try element { try writer.write(value) } }
    func encode(_ value: Float) throws { try element { try writer.write(value) } }
    func encode<T: Encodable>(_ value: T) throws { try element { try writer.write(value) } }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        KeyedEncodingContainer(ObjectEncoder<NestedKey>(piece(), 0))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { ArrayEncoder(piece(), 0) }

    func superEncoder() -> any Encoder { ValueEncoder(piece(), 0) }

    private func piece() -> JSONWriter {
        // A container that cannot throw: what is wrong comes out when the value is complete.
        var piece = JSONWriter?.none
        try? element { piece = writer.piece() }
        return piece ?? JSONWriter(writer.options)
    }
}
