/// The members of an object.
struct ObjectEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    private let writer: JSONWriter
    private let id: Int

    init(_ writer: JSONWriter, _ id: Int, isSorted: Bool = DictionaryKey.isKey(Key.self)) {
        self.writer = writer
        self.id = id
        writer.open(.object, id, isSorted: isSorted)
    }

    var codingPath: [any CodingKey] { writer.path }

    @inline(__always)
    private func member(_ key: Key, _ body: () throws -> Void) throws { try writer.member(key, id, body) }

    func encodeNil(forKey key: Key) throws { try member(key) { writer.writeNull() } }
    func encode(_ value: Bool, forKey key: Key) throws { try member(key) { writer.write(value) } }
    func encode(_ value: String, forKey key: Key) throws { try member(key) { writer.write(value) } }
    func encode(_ value: Int, forKey key: Key) throws { try member(key) { writer.write(integer: value) } }
    func encode(_ value: Int8, forKey key: Key) throws { try member(key) { writer.write(integer: value) } }
    func encode(_ value: Int16, forKey key: Key) throws { try member(key) { writer.write(integer: value) } }
    func encode(_ value: Int32, forKey key: Key) throws { try member(key) { writer.write(integer: value) } }
    func encode(_ value: Int64, forKey key: Key) throws { try member(key) { writer.write(integer: value) } }
    func encode(_ value: Int128, forKey key: Key) throws { try member(key) { writer.write(integer: value) } }
    func encode(_ value: UInt, forKey key: Key) throws { try member(key) { writer.write(integer: value) } }
    func encode(_ value: UInt8, forKey key: Key) throws { try member(key) { writer.write(integer: value) } }
    func encode(_ value: UInt16, forKey key: Key) throws { try member(key) { writer.write(integer: value) } }
    func encode(_ value: UInt32, forKey key: Key) throws { try member(key) { writer.write(integer: value) } }
    func encode(_ value: UInt64, forKey key: Key) throws { try member(key) { writer.write(integer: value) } }
    func encode(_ value: UInt128, forKey key: Key) throws { try member(key) { writer.write(integer: value) } }
    func encode(_ value: Double, forKey key: Key) throws { try member(key) { try writer.write(value) } }
    func encode(_ value: Float, forKey key: Key) throws { try member(key) { try writer.write(value) } }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try member(key) { try writer.write(value) } }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        KeyedEncodingContainer(ObjectEncoder<NestedKey>(piece(key), 0))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { ArrayEncoder(piece(key), 0) }

    func superEncoder() -> any Encoder { ValueEncoder(piece(JSONKey.superclass), 0) }

    func superEncoder(forKey key: Key) -> any Encoder { ValueEncoder(piece(key), 0) }

    private func piece(_ key: some CodingKey) -> JSONWriter {
        // A container that cannot throw: what is wrong comes out when the value is complete.
        var piece = JSONWriter?.none
        try? writer.member(key, id) { piece = writer.piece() }
        return piece ?? JSONWriter(writer.options)
    }
}
