internal import Choreography
internal import Envelope
internal import Glibc
internal import Journal

/// Finds what one journal says of a flow without reading all of it: tables for what is old, a scan of what is new.
///
/// The tables are a disposable cache in the home, made by whoever looks and never by a handler. A table is believed only
/// if its checksums match and the journal still has the last entry that it covers; else it is removed and made again.
/// Several may look at once: each writes whole tables by rename, and two of the same stretch say the same.
struct FlowIndex {
    /// When tables are made.
    struct Limits {
        /// Bytes of a journal without a table that a look may scan.
        var tail: UInt64 = 4 << 20
        /// Bytes of a journal that one table covers, about.
        var table: UInt64 = 64 << 20
    }

    private let reader: JournalReader
    private let end: JournalEnd
    private let folder: String
    private let fileSystem: any FileSystem
    private let limits: Limits
    private let begin: JournalReader.Cursor
    private var tables: [FlowIndexTable] = []
    private var tail: FlowIndexPart

    /// Opens the index of a journal, and brings it up to the journal's end.
    init(_ publisher: PublisherID, home: Home, limits: Limits = Limits(), fileSystem: any FileSystem = OSFileSystem())
        throws
    {
        self.fileSystem = fileSystem
        self.limits = limits
        reader = try JournalReader(
            home.journal(publisher.text), fileSystem: fileSystem, boot: BootID.current())
        end = try reader.end()
        folder = home.cache + "/flows/" + publisher.text
        let (oldest, checkpoint) = try reader.oldest()
        begin = oldest
        tail = FlowIndexPart(
            at: oldest.offset, state: try checkpoint.withUnsafeBytes { try SlotState(checkpoint: $0) })
        try adopt()
        try scan()
    }

    /// What the journal's slot knows at its end.
    var state: SlotState { tail.state }

    // MARK: keeping it

    /// Takes the tables that continue each other from the oldest entry on, and removes the others.
    private mutating func adopt() throws {
        let names = ((try? fileSystem.list(folder)) ?? []).filter { $0.hasSuffix(".idx") }
        var candidates: [FlowIndexTable] = []
        for name in names.sorted() {
            let path = folder + "/" + name
            if let table = try? FlowIndexTable(path, fileSystem: fileSystem) {
                candidates.append(table)
            } else {
                try? fileSystem.unlink(path)
            }
        }
        candidates.sort { ($0.from, $1.to) < ($1.from, $0.to) }
        for table in candidates {
            let follows = tables.isEmpty ? table.from <= begin.offset : table.from == tables.last!.to
            if follows, table.to > begin.offset {
                tables.append(table)
            } else {
                try? fileSystem.unlink(table.path)
            }
        }
        // What a recovery cut is always the last of a journal: if the newest table's last entry stands, all do.
        while let newest = tables.last {
            if newest.to <= end.released, try reader.seal(at: newest.last) == newest.seal,
                let state = try? newest.state()
            {
                tail = FlowIndexPart(at: newest.to, state: state)
                return
            }
            tables.removeLast()
            try? fileSystem.unlink(newest.path)
        }
    }

    /// Reads what no table covers, and makes tables of it when it is much.
    private mutating func scan() throws {
        let isMuch = end.released > tail.to && end.released - tail.to > limits.tail
        while tail.to < end.released {
            let limit = isMuch ? limits.table : UInt64.max
            let place = try reader.cursors(at: [tail.to]).first ?? begin
            var part = tail
            let next = try reader.read(from: place, upTo: end, maxBytes: Int(clamping: limit)) { view in
                if EntryCodec.isSlotKind(view.kind) {
                    try part.add(EngineEntry(view), from: view.offset, to: view.end)
                } else {
                    part.skip(to: view.end)
                }
                return true
            }
            tail = part
            guard next.offset > place.offset else { return }
            if isMuch, let last = tail.last, let seal = try reader.seal(at: last), let table = keep(seal, last) {
                tables.append(table)
                tail = FlowIndexPart(after: tail)
            }
        }
    }

    /// Writes the tail as a table; nil where the home cannot be written: then every look scans.
    private func keep(_ seal: [UInt8], _ last: UInt64) -> FlowIndexTable? {
        let path = folder + "/" + Hex.text(tail.from) + "-" + Hex.text(tail.to) + ".idx"
        do {
            try fileSystem.makeDirectories(folder)
            try AtomicFile.write(FlowIndexTable.encode(tail, last: last, seal: seal), to: path)
            return try FlowIndexTable(path, fileSystem: fileSystem)
        } catch {
            return nil
        }
    }

    /// Removes every table: one of them did not hold what it should.
    func discard() {
        for table in tables { try? fileSystem.unlink(table.path) }
    }

    // MARK: answers

    /// Hands out the entries that say an event of the flow, and perhaps others.
    func forEachEntry(saying flow: FlowID, _ body: (EngineEntry) throws -> Void) throws {
        let key = FlowIndexPart.key(flow)
        let offsets = try tables.flatMap { try $0.offsets(of: key) } + tail.offsets(of: key)
        try read(offsets.map { $0..<($0 + 1) }, body)
    }

    /// Hands out the entries that hear events or know something of them, in order, and perhaps others.
    func forEachEntry(hearing positions: [Position], _ body: (EngineEntry) throws -> Void) throws {
        var ranges: [Range<UInt64>] = []
        for position in positions {
            let key = FlowIndexPart.key(position)
            for table in tables {
                ranges += try table.offsets(of: key).map { $0..<($0 + 1) } + table.ranges(hearing: position)
            }
            ranges += tail.offsets(of: key).map { $0..<($0 + 1) } + tail.ranges(hearing: position)
        }
        try read(ranges, body)
    }

    /// Reads each entry that begins in one of the ranges once, in order.
    private func read(_ ranges: [Range<UInt64>], _ body: (EngineEntry) throws -> Void) throws {
        var done: UInt64 = 0
        for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            let start = max(range.lowerBound, done)
            guard start < range.upperBound, start >= begin.offset,
                var place = try reader.cursors(at: [start]).first
            else { continue }
            while place.offset < range.upperBound {
                let next = try reader.read(
                    from: place, upTo: end, maxBytes: Int(clamping: range.upperBound - place.offset)
                ) { view in
                    guard view.offset < range.upperBound else { return false }
                    if EntryCodec.isSlotKind(view.kind) { try body(EngineEntry(view)) }
                    done = max(done, view.end)
                    return true
                }
                if next == place { break }
                place = next
            }
        }
    }
}
