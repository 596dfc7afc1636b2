/// Why bytes are not the entry that should be there.
enum EntryFlaw: Equatable, CustomStringConvertible {
    case incomplete
    case badLength
    case badChecksum
    case badNumber(found: UInt64, expected: UInt64)
    case badEpoch(found: UInt64, previous: UInt64)
    case badDurableOffset(UInt64)

    var description: String {
        switch self {
        case .incomplete: "the entry is not complete"
        case .badLength: "the entry's lengths contradict each other"
        case .badChecksum: "the entry's checksum does not match"
        case .badNumber(let found, let expected): "the entry's number is \(found) and should be \(expected)"
        case .badEpoch(let found, let previous): "the entry's epoch is \(found), after epoch \(previous)"
        case .badDurableOffset(let offset): "the entry names a durable offset beyond itself: \(offset)"
        }
    }
}
