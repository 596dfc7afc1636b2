/// The elements of an array, in order: three words, so that `any UnkeyedDecodingContainer` holds it without allocating.
struct ArrayDecoder: UnkeyedDecodingContainer {
    private let document: JSONDocument
    private let array: Int
    private var position: UInt32 = 0
    private var element: UInt32

    init(_ document: JSONDocument, _ array: Int) throws {
        guard document.firstByte(array) == UInt8(ascii: "[") else {
            throw document.mismatch(array, [Any].self, "an array")
        }
        self.document = document
        self.array = array
        element = UInt32(array + 1)
    }

    var codingPath: [any CodingKey] { document.path(to: array) }
    var count: Int? { Int(document.tokens[array].length) }
    var currentIndex: Int { Int(position) }
    var isAtEnd: Bool { position == document.tokens[array].length }

    /// Hands the current element to `read`, and goes on to the next if that succeeds.
    @inline(__always)
    private mutating func next<T>(_ type: T.Type, _ read: (Int) throws -> T) throws -> T {
        guard !isAtEnd else {
            let context = DecodingError.Context(
                codingPath: codingPath + [JSONKey(intValue: currentIndex)],
                debugDescription: "the array ends before this element")
            throw DecodingError.valueNotFound(type, context)
        }
        let value = try read(Int(element))
        element = document.tokens[Int(element)].next
        position += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        let document = document
        var isNull = false
        guard !isAtEnd, document.isNull(Int(element)) else {
            if isAtEnd { _ = try next(Never?.self) { _ in nil } }
            return isNull
        }
        isNull = try next(Bool.self) { _ in true }
        return isNull
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool { try next(type) { [document] in try document.bool($0) } }
    mutating func decode(_ type: String.Type) throws -> String {
        try next(type) { [document] in try document.string($0, as: type) }
    }
    mutating func decode(_ type: Double.Type) throws -> Double {
        try next(type) { [document] in try document.double($0) }
    }
    mutating func decode(_ type: Float.Type) throws -> Float { try next(type) { [document] in try document.float($0) } }
    mutating func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    mutating func decode(_ type: Int128.Type) throws -> Int128 { try integer(type) }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
    mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try integer(type) }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try next(type) { [document] in try document.decode(type, at: $0) }
    }

    @inline(__always)
    private mutating func integer<I: FixedWidthInteger>(_ type: I.Type) throws -> I {
        try next(type) { [document] in try document.integer($0, as: type) }
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try next(KeyedDecodingContainer<Key>.self) { [document] in
            KeyedDecodingContainer(try ObjectDecoder<Key>(document, $0))
        }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next((any UnkeyedDecodingContainer).self) { [document] in try ArrayDecoder(document, $0) }
    }

    mutating func superDecoder() throws -> any Decoder {
        try next((any Decoder).self) { [document] in ValueDecoder(document: document, index: $0) }
    }
}
