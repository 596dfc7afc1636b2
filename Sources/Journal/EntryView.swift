/// An entry as it lies in the journal. The sections are valid only during the call that it is passed to.
package struct EntryView {
    /// Contiguous since the journal began; the first is 1.
    package var number: UInt64
    /// Where the entry begins: a byte offset that grows across segments.
    package var offset: UInt64
    /// Where the entry ends, as ``offset``.
    package var end: UInt64
    /// The epoch in which it was appended.
    package var epoch: UInt64
    /// When it was appended, in microseconds since 1970, as the appender said.
    package var time: Int64
    /// What it is: one of ``EntryKind``, or the user's.
    package var kind: UInt8
    /// The durability level that it was appended at: 0 memory, 1 written, 2 synced.
    package var level: UInt8
    /// The durable offset that was known when it was appended.
    package var durableBefore: UInt64
    /// The positions heard.
    package var heard: UnsafeRawBufferPointer
    /// The events said.
    package var said: UnsafeRawBufferPointer
    /// The state, parks and timers.
    package var knows: UnsafeRawBufferPointer
}
