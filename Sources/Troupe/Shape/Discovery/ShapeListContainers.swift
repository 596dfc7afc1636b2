/// A list of which a ``ShapeProbe`` has one element, so that its shape shows.
struct ShapeUnkeyedContainer: UnkeyedDecodingContainer {
    let codingPath: [any CodingKey] = []
    private(set) var currentIndex = 0
    private let probe: ShapeProbe

    init(_ probe: ShapeProbe) { self.probe = probe }

    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex > 0 }

    mutating func decodeNil() throws -> Bool { false }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        currentIndex += 1
        return try probe.sample(type, note: probe.noteElement)
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try superDecoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try superDecoder().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder {
        currentIndex += 1
        probe.noteElement(.anything)
        return probe.inner(nil)
    }
}

/// The one value of which a ``ShapeProbe`` has a sample.
struct ShapeSingleContainer: SingleValueDecodingContainer {
    let codingPath: [any CodingKey] = []
    private let probe: ShapeProbe

    init(_ probe: ShapeProbe) { self.probe = probe }

    func decodeNil() -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type) throws -> T { try probe.sample(type, note: probe.noteSingle) }
}

// The protocols ask for each type by itself.
extension ShapeUnkeyedContainer {
    private mutating func some<T: Decodable>(_ type: T.Type) throws -> T { try decode(type) }

    mutating func decode(_ type: Bool.Type) throws -> Bool { try some(type) }
    mutating func decode(_ type: String.Type) throws -> String { try some(type) }
    mutating func decode(_ type: Double.Type) throws -> Double { try some(type) }
    mutating func decode(_ type: Float.Type) throws -> Float { try some(type) }
    mutating func decode(_ type: Int.Type) throws -> Int { try some(type) }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try some(type) }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try some(type) }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try some(type) }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try some(type) }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try some(type) }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try some(type) }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try some(type) }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try some(type) }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try some(type) }
}

extension ShapeSingleContainer {
    private func some<T: Decodable>(_ type: T.Type) throws -> T { try decode(type) }

    func decode(_ type: Bool.Type) throws -> Bool { try some(type) }
    func decode(_ type: String.Type) throws -> String { try some(type) }
    func decode(_ type: Double.Type) throws -> Double { try some(type) }
    func decode(_ type: Float.Type) throws -> Float { try some(type) }
    func decode(_ type: Int.Type) throws -> Int { try some(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try some(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try some(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try some(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try some(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try some(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try some(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try some(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try some(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try some(type) }
}
