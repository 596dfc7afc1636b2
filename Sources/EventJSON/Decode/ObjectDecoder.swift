/// The members of an object, by name.
struct ObjectDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let document: JSONDocument
    private let object: Int

    init(_ document: JSONDocument, _ object: Int) throws {
        guard document.firstByte(object) == UInt8(ascii: "{") else {
            throw document.mismatch(object, [String: Any].self, "an object")
        }
        self.document = document
        self.object = object
        document.prepare(object)
    }

    var codingPath: [any CodingKey] { document.path(to: object) }
    var allKeys: [Key] { document.names(of: object).compactMap(Key.init) }

    func contains(_ key: Key) -> Bool { find(key) != nil }

    @inline(__always)
    private func find(_ key: some CodingKey) -> Int? { document.value(of: object, named: key.stringValue) }

    @inline(__always)
    private func value(_ key: some CodingKey) throws -> Int {
        guard let index = find(key) else { throw missing(key) }
        return index
    }

    private func missing(_ key: some CodingKey) -> DecodingError {
        .keyNotFound(
            key, DecodingError.Context(codingPath: codingPath, debugDescription: "'\(key.stringValue)' is missing"))
    }

    /// The value of a member that is there and not null.
    @inline(__always)
    private func present(_ key: Key) -> Int? {
        guard let index = find(key), !document.isNull(index) else { return nil }
        return index
    }

    func decodeNil(forKey key: Key) throws -> Bool { document.isNull(try value(key)) }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try document.bool(value(key)) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try document.string(value(key), as: type) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try document.double(value(key)) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try document.float(value(key)) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try document.integer(value(key), as: type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try document.integer(value(key), as: type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try document.integer(value(key), as: type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try document.integer(value(key), as: type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try document.integer(value(key), as: type) }
    func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try document.integer(value(key), as: type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try document.integer(value(key), as: type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try document.integer(value(key), as: type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try document.integer(value(key), as: type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try document.integer(value(key), as: type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try document.integer(value(key), as: type) }
    func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try document.integer(value(key), as: type) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try document.decode(type, at: value(key)) }

    // The defaults of these look a name up three times.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try present(key).map(document.bool) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try present(key).map(document.double)
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try present(key).map { try document.string($0, as: type) }
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try present(key).map { try document.integer($0, as: type) }
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try present(key).map { try document.decode(type, at: $0) }
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        KeyedDecodingContainer(try ObjectDecoder<NestedKey>(document, value(key)))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try ArrayDecoder(document, value(key))
    }

    /// A member that is not there decodes as null would.
    func superDecoder() throws -> any Decoder {
        try ValueDecoder(document: document, index: value(JSONKey.superclass))
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        try ValueDecoder(document: document, index: value(key))
    }
}
