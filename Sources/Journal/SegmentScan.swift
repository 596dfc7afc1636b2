/// What a segment holds: how far it is good, and what is known to have been durable.
struct SegmentScan {
    /// The file offset after the last good entry before any flaw.
    var end: UInt64
    /// The number after that entry's.
    var nextNumber: UInt64
    /// The epoch of that entry.
    var epoch: UInt64
    /// The highest global durable offset that the header or any good entry states, before the flaw or after it.
    var durable: UInt64
    /// What the last good entry before the flaw states, or the header.
    var lastDurable: UInt64
    /// The global end of the last good entry that is not an idle mark.
    var lastPlainEnd: UInt64
    /// What is wrong at ``end``; `nil` if the file ends there.
    var flaw: EntryFlaw?
    /// Good entries after the flaw.
    var entriesAfterFlaw: UInt64 = 0

    /// Scans a segment whose file has `size` bytes.
    init(_ file: any JournalFile, _ header: SegmentHeader, size: UInt64) throws(JournalError) {
        end = header.length
        nextNumber = header.firstNumber
        epoch = header.epoch
        durable = header.firstOffset
        lastDurable = header.firstOffset
        lastPlainEnd = header.firstOffset
        guard size >= header.length else { throw SegmentHeader.corrupt(file, "it ends within its header", at: size) }
        var window = SegmentWindow(file, header, limit: size)
        while end < size {
            switch try window.entry(at: end, number: nextNumber, epoch: epoch) {
            case .entry(let entry):
                end = entry.end - header.base
                nextNumber &+= 1
                epoch = entry.epoch
                lastDurable = max(lastDurable, entry.durableBefore)
                if entry.kind != EntryKind.idle { lastPlainEnd = entry.end }
            case .flaw(let flaw):
                self.flaw = flaw
                durable = max(durable, lastDurable)
                try search(&window, size: size)
                return
            }
        }
        durable = max(durable, lastDurable)
    }

    /// Looks at every byte after the flaw for an entry that is good on its own: it may say that the flaw was durable.
    private mutating func search(_ window: inout SegmentWindow, size: UInt64) throws(JournalError) {
        var position = end + 1
        while let fixed = try window.bytes(at: position, count: EntryFormat.fixed) {
            let number = fixed.u64(8)
            let most = nextNumber &+ (position - end) / UInt64(EntryFormat.fixed) &+ 1
            if number >= nextNumber, number <= most, fixed.u64(16) >= epoch,
                case .entry(let entry) = try window.entry(at: position)
            {
                entriesAfterFlaw += 1
                durable = max(durable, entry.durableBefore)
                position = entry.end - window.header.base
            } else {
                position += 1
            }
        }
    }
}
