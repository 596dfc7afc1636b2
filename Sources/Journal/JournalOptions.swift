/// The limits of a journal.
package struct JournalOptions: Hashable, Sendable {
    /// From this size on, in bytes, a segment wants to be rotated. Recovery reads, and may copy, one segment.
    package var segmentSize: Int = 64 << 20
    /// The most bytes that one entry may have, its 52 fixed bytes included. It limits appending only, never reading.
    package var maximumEntry: Int = 32 << 20

    /// Makes options; sizes are in bytes.
    package init(segmentSize: Int = 64 << 20, maximumEntry: Int = 32 << 20) {
        self.segmentSize = segmentSize
        self.maximumEntry = maximumEntry
    }
}
