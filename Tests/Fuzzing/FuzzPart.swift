/// A piece of an input, with what it is: checksums and length fields are made good by that after a mutation.
package struct FuzzPart: Hashable, Sendable {
    package enum Role: Hashable, Sendable {
        /// Nothing in it is made good.
        case raw
        /// What stands before the records of a frame or a page; it begins a message.
        case message
        /// A record: its length and checksum.
        case record
        /// A segment's header: its lengths and checksum, and those of the checkpoint.
        case head
        case checkpoint
        /// The fixed part of a journal's entry: its lengths, and the checksum of all up to the next entry.
        case entry
        case heard
        case knows
        /// A journal's mark: its checksum.
        case mark
    }

    package var role: Role
    package var bytes: [UInt8]

    package init(_ role: Role, _ bytes: [UInt8]) {
        self.role = role
        self.bytes = bytes
    }
}

extension [FuzzPart] {
    /// All bytes, one part after the other.
    package var joined: [UInt8] { flatMap(\.bytes) }

    /// The size in bytes.
    package var size: Int { reduce(0) { $0 + $1.bytes.count } }
}
