/// The cases of an enumeration without associated values, which Swift tells only of those that are `CaseIterable`.
enum FieldlessEnum {
    /// All values of a type, in the order of their declaration; nil if it is no such enumeration.
    static func cases<T>(of type: T.Type) -> [T]? {
        if let type = type as? any CaseIterable.Type { return all(type) as? [T] }
        // Type metadata, as Swift's ABI lays it out (docs/ABI/TypeMetadata.rst): its kind, then its descriptor.
        let metadata = unsafeBitCast(type, to: UnsafeRawPointer.self)
        guard metadata.load(as: UInt.self) == 0x201 else { return nil }
        let descriptor = metadata.load(fromByteOffset: MemoryLayout<UInt>.size, as: UnsafeRawPointer.self)
        let withFields = descriptor.load(fromByteOffset: 20, as: UInt32.self) & 0xFF_FFFF
        let count = descriptor.load(fromByteOffset: 24, as: UInt32.self)
        guard withFields == 0, (1...256).contains(count), MemoryLayout<T>.size == (count == 1 ? 0 : 1) else {
            return nil
        }
        return (0..<count).map { tag in
            // Without fields the value is its tag, and tags count from 0.
            withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { byte in
                byte.storeBytes(of: UInt8(tag), as: UInt8.self)
                return byte.load(as: T.self)
            }
        }
    }

    private static func all<C: CaseIterable>(_ type: C.Type) -> [C] { Array(type.allCases) }

    /// All values of an enumeration with raw values and their raw values' shape; nil if it is none.
    static func raw<T>(of type: T.Type) -> (values: [T], shape: Shape, raws: [any RawDecodable])? {
        guard let type = type as? any RawRepresentable.Type, let (values, raws) = pairs(type),
            let typed = values as? [T]
        else { return nil }
        if let texts = raws as? [String] { return (typed, .choice(texts), texts) }
        let numbers = raws.compactMap { $0 as? any (FixedWidthInteger & RawDecodable) }
        let exact = numbers.compactMap { Self.exactly($0) }
        guard exact.count == raws.count else { return nil }
        return (typed, .integerChoice(exact), numbers)
    }

    private static func exactly(_ number: some FixedWidthInteger) -> Int64? { Int64(exactly: number) }

    private static func pairs<R: RawRepresentable>(_ type: R.Type) -> (values: [Any], raws: [Any])? {
        guard let values = cases(of: type), !values.isEmpty else { return nil }
        return (values, values.map(\.rawValue))
    }
}

/// A raw value that stands in the JSON as it is.
protocol RawDecodable {}

extension String: RawDecodable {}
extension Int: RawDecodable {}
extension Int8: RawDecodable {}
extension Int16: RawDecodable {}
extension Int32: RawDecodable {}
extension Int64: RawDecodable {}
extension UInt: RawDecodable {}
extension UInt8: RawDecodable {}
extension UInt16: RawDecodable {}
extension UInt32: RawDecodable {}
extension UInt64: RawDecodable {}
