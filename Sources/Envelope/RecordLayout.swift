/// The offsets of a record's fixed fields, version 1, in bytes from its start.
enum RecordLayout {
    /// What stands at `version`.
    static let currentVersion: UInt8 = 1

    static let length = 0
    static let checksum = 4
    static let version = 8
    static let flags = 9
    static let bucket = 10
    static let attributeCount = 11
    static let time = 12
    static let sequence = 20
    static let flow = 28

    /// The first byte that the checksum covers.
    static let checksummed = 8
    /// The flag that says that the flow is a caller's own name.
    static let namedFlow: UInt8 = 1
    /// The fewest bytes of a record: a one-letter flow, a one-letter topic, the root's serial.
    static let minimum = 28 + 2 + 2 + 3
}
