/// The kinds of entries that the journal itself writes. The kinds from ``firstUser`` on belong to its user.
package enum EntryKind {
    /// The first entry of an epoch. `knows` holds the previous epoch (0: none) and how many bytes were cut, as `u64`.
    package static let epoch: UInt8 = 1
    /// An empty entry that only carries the durable offset while nothing else is written.
    package static let idle: UInt8 = 2
    /// The first kind that a user may append.
    package static let firstUser: UInt8 = 16
}
