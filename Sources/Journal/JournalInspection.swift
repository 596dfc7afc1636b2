internal import Envelope

/// Looks at a journal as strictly as <doc:JournalFormat> says what its writer does, to check another program's. Nothing is
/// changed; what follows an entry that is not good is not looked at.
package struct JournalInspection {
    /// Something that is not as it must be.
    package struct Finding: Sendable, Hashable {
        package let file: String
        /// Where in the file.
        package let byte: UInt64
        /// What is wrong: a field, by its name in the article.
        package let attribute: String
        package let reason: String
    }

    private let directory: String
    private let name: String
    private let fileSystem: any FileSystem
    private let boot: BootID
    /// How far it is released.
    package let end: JournalEnd
    package private(set) var findings: [Finding] = []

    // Where the walk is.
    private var number: UInt64?
    private var epoch: UInt64 = 0

    /// - Throws: `.notFound` if there is no segment yet, `.corrupt`, `.badVersion`, `.io`: its end cannot be told.
    package init(
        _ directory: String, name: String, fileSystem: any FileSystem, boot: BootID
    ) throws(JournalError) {
        self.directory = directory
        self.name = name
        self.fileSystem = fileSystem
        self.boot = boot
        end = try JournalReader(directory, fileSystem: fileSystem, boot: boot).end()
    }

    private mutating func note(_ file: String, _ byte: UInt64, _ attribute: String, _ reason: String) {
        findings.append(Finding(file: directory + "/" + file, byte: byte, attribute: attribute, reason: reason))
    }

    // MARK: files

    /// Looks at the names, the lock and the mark.
    package mutating func files() throws(JournalError) {
        let names = try fileSystem.list(directory).sorted()
        for name in names where SegmentName.base(name) == nil && !name.hasSuffix(".seg.tmp") {
            if name != SegmentName.mark, name != SegmentName.lock { note(name, 0, "name", "is no file of a journal") }
        }
        if !names.contains(SegmentName.lock) {
            note(SegmentName.lock, 0, "lock", "there is none: who writes here must hold it")
        } else if let holder = try fileSystem.lockHolder(directory + "/" + SegmentName.lock),
            holder.isEmpty || !holder.utf8.allSatisfy({ 0x30...0x39 ~= $0 })
        {
            note(SegmentName.lock, 0, "process id", "it is held, and does not say by whom in decimal digits")
        }
        guard names.contains(SegmentName.mark) else {
            return note(SegmentName.mark, 0, "mark", "there is none, so each start begins an epoch")
        }
        try mark(names)
    }

    private mutating func mark(_ names: [String]) throws(JournalError) {
        let file = try fileSystem.openForReading(directory + "/" + SegmentName.mark)
        var (bytes, identity) = (try file.readBytes(at: 0, count: Mark.size), try file.identity())
        // Its writer may write it meanwhile.
        for _ in 0..<16 {
            if let mark = Mark(bytes), mark.place.map({ isNear($0, identity) }) ?? true { break }
            (bytes, identity) = (try file.readBytes(at: 0, count: Mark.size), try file.identity())
        }
        guard let mark = Mark(bytes) else {
            return note(SegmentName.mark, 0, "checksum", "it is damaged, short, or of a version that is not known")
        }
        let (flags, reserved) = bytes.withUnsafeBytes { ($0.u16(10), $0.u32(12)) }
        if flags & ~3 != 0 { note(SegmentName.mark, 10, "flags", "\(flags) has bits that have no meaning") }
        if reserved != 0 { note(SegmentName.mark, 12, "reserved", "it is \(reserved), not 0") }
        if mark.failed { note(SegmentName.mark, 10, "flags", "its writer saw an error after which nothing is known") }
        if end.isLive, mark.boot != boot {
            note(SegmentName.mark, 16, "boot id", "its writer runs, and it is of another run of the kernel")
        }
        if mark.durable > mark.written {
            note(SegmentName.mark, 48, "durable", "\(mark.durable) is beyond what was written, \(mark.written)")
        }
        if mark.released > mark.written {
            note(SegmentName.mark, 56, "released", "\(mark.released) is beyond what was written, \(mark.written)")
        }
        if let newest = SegmentName.bases(names).last {
            let size = try fileSystem.openForReading(directory + "/" + SegmentName.name(newest)).size()
            if mark.written > newest + size {
                note(SegmentName.mark, 40, "written", "\(mark.written) is beyond the end, \(newest + size)")
            }
        }
        guard let place = mark.place else { return }
        if place.device != identity.device { note(SegmentName.mark, 64, "device", "it is not that of its file") }
        if place.inode != identity.inode {
            note(
                SegmentName.mark, 72, "inode",
                "it is \(place.inode), and its file's is \(identity.inode): it was not written in place, or copied")
        } else if !isNear(place, identity) {
            note(
                SegmentName.mark, 80, "time",
                "it is \(place.stated), and its file was changed at \(identity.changed), over 50 ms from it")
        }
    }

    private func isNear(_ place: Mark.Place, _ file: FileIdentity) -> Bool {
        !place.isDated || (file.changed &- place.stated).magnitude <= UInt64(FoundMark.tolerance)
    }

    // MARK: segments and entries

    /// Walks all entries up to the released end. `checkpoint` gets that of each segment before its entries.
    package mutating func walk(
        checkpoint: ([UInt8], _ file: String) throws -> Void,
        entry body: (EntryView, _ file: String, UInt64) throws -> Void
    ) throws {
        let bases = SegmentName.bases(try fileSystem.list(directory))
        for (index, base) in bases.enumerated() where base < end.released {
            let name = SegmentName.name(base)
            let file = try fileSystem.openForReading(directory + "/" + name)
            let header: SegmentHeader
            do {
                header = try SegmentHeader.read(file, base: base)
                try checkpoint(try header.checkpoint(file), directory + "/" + name)
            } catch let error as JournalError {
                return note(name, 0, "header", error.message)
            }
            if header.name != Array(self.name.utf8) {
                note(name, 60, "name", "it is the journal of \(String(decoding: header.name, as: UTF8.self))")
            }
            if try file.readBytes(at: 58, count: 2) != [0, 0] { note(name, 58, "reserved", "it is not 0") }
            if let number, header.firstNumber != number {
                note(name, 24, "first number", "it is \(header.firstNumber) and \(number) is due")
            }
            if number != nil, header.epoch != epoch {
                note(name, 32, "epoch", "it is \(header.epoch) and \(epoch) is due")
            }
            number = header.firstNumber
            epoch = header.epoch
            let next = index + 1 < bases.count ? min(bases[index + 1], end.released) : end.released
            guard try walk(file, header, upTo: next, name, body) else { return }
        }
    }

    /// Returns whether the entries end where they must.
    private mutating func walk(
        _ file: any JournalFile, _ header: SegmentHeader, upTo end: UInt64, _ name: String,
        _ body: (EntryView, String, UInt64) throws -> Void
    ) throws -> Bool {
        var window = SegmentWindow(file, header, limit: min(try file.size(), end - header.base))
        var position = header.length
        while header.base + position < end {
            let reserved = try window.bytes(at: position, count: EntryFormat.fixed)?.u16(42) ?? 0
            switch try window.entry(at: position, number: number ?? header.firstNumber, epoch: epoch) {
            case .flaw(let flaw):
                note(name, position, "entry", "\(flaw), and it was released")
                return false
            case .entry(let entry):
                if reserved != 0 { note(name, position + 42, "reserved", "it is not 0") }
                inspect(entry, header, name, position)
                number = entry.number + 1
                epoch = entry.epoch
                try body(entry, directory + "/" + name, position)
                position = entry.end - header.base
            }
        }
        guard header.base + position == end else {
            note(name, position, "length", "an entry goes beyond the next segment's base, or the released end")
            return false
        }
        return true
    }

    private mutating func inspect(_ entry: EntryView, _ header: SegmentHeader, _ name: String, _ position: UInt64) {
        if entry.level > 2 { note(name, position + 41, "level", "\(entry.level) is none") }
        if entry.end - entry.offset > UInt64(JournalOptions().maximumEntry) {
            note(name, position + 4, "length", "an entry has at most \(JournalOptions().maximumEntry) bytes")
        }
        let isSlots = entry.kind == 16 && header.version == 1 || entry.kind == 17 && header.version > 1
        if entry.kind != EntryKind.epoch, entry.kind != EntryKind.idle, !isSlots {
            note(name, position + 40, "kind", "\(entry.kind) has no meaning in a segment of version \(header.version)")
        }
        if entry.kind == EntryKind.epoch {
            let previous = entry.number == 1 ? 0 : epoch
            if entry.knows.count != 16 || !entry.heard.isEmpty || !entry.said.isEmpty {
                note(name, position + 44, "sections", "an epoch's entry knows 16 bytes, and nothing else")
            } else if entry.knows.u64(0) != previous {
                note(name, position + 52, "previous epoch", "it is \(entry.knows.u64(0)) and \(previous) is due")
            }
            if entry.epoch <= previous {
                note(name, position + 16, "epoch", "\(entry.epoch) begins, and is not above \(previous)")
            }
            if entry.durableBefore != entry.offset {
                note(name, position + 24, "durable before", "an epoch's entry stands where all before it is durable")
            }
        } else if entry.number == 1 {
            note(name, position + 40, "kind", "the first entry of a journal begins its first epoch")
        } else if entry.epoch != epoch {
            note(name, position + 16, "epoch", "\(entry.epoch) is not \(epoch), and no entry began it")
        }
        if entry.kind == EntryKind.idle, !entry.heard.isEmpty || !entry.said.isEmpty || !entry.knows.isEmpty {
            note(name, position + 44, "sections", "an idle entry has none")
        }
    }
}
