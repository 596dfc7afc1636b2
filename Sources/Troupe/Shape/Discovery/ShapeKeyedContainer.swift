/// The fields that a ``ShapeProbe`` has samples for: all.
struct ShapeKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let codingPath: [any CodingKey] = []
    private let probe: ShapeProbe

    init(_ probe: ShapeProbe) { self.probe = probe }

    var allKeys: [Key] { probe.keys(Key.self) }

    func contains(_ key: Key) -> Bool { probe.contains(key.stringValue) }
    func decodeNil(forKey key: Key) throws -> Bool { probe.isNull(key.stringValue) }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let name = key.stringValue
        return try probe.sample(type, key: name) { shape in probe.noteField(name, { shape }, isRequired: true) }
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        let name = key.stringValue
        let note = { (shape: Shape) in probe.noteField(name, { .nullable(shape) }, isRequired: false) }
        guard probe.run.pass.isFull else {
            note(probe.finder.find(type).shape)
            return nil
        }
        return try probe.sample(type, note: note)
    }

    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Inner> {
        try probe.inner(key.stringValue).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try probe.inner(key.stringValue).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { probe.inner("super") }
    func superDecoder(forKey key: Key) throws -> any Decoder { probe.inner(key.stringValue) }
}

// The protocol asks for each type by itself; the optional ones would else look for keys first.
extension ShapeKeyedContainer {
    private func some<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T { try decode(type, forKey: key) }
    private func perhaps<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T? {
        try decodeIfPresent(type, forKey: key)
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try some(type, key) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try some(type, key) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try some(type, key) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try some(type, key) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try some(type, key) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try some(type, key) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try some(type, key) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try some(type, key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try some(type, key) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try some(type, key) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try some(type, key) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try some(type, key) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try some(type, key) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try some(type, key) }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try perhaps(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try perhaps(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try perhaps(type, key) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { try perhaps(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try perhaps(type, key) }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { try perhaps(type, key) }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { try perhaps(type, key) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try perhaps(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try perhaps(type, key) }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? { try perhaps(type, key) }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { try perhaps(type, key) }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { try perhaps(type, key) }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { try perhaps(type, key) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try perhaps(type, key) }
}
