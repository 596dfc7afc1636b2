internal import Testing

@testable internal import Journal

/// Every truncation and every single flipped bit of a small journal, opened by the real recovery.
@Suite struct EveryBitTests {
    enum Evidence: CaseIterable { case markOfThisBoot, markOfAnotherBoot, noMark }

    /// What was written, and how much of it must never be missing.
    private struct Written {
        let stage: Stage<MemoryFileSystem>
        let checkpoint: [UInt8]
        let entries: [Recorded]
        /// How many entries were synced: the mark says so, and so does each entry after them.
        let synced = 2
        let segment: String

        /// How many entries must be kept of those that end before a cut, if only they tell how many were synced.
        func known(before cut: Int) -> Int {
            let head = UInt64(SegmentHeader.fixed + "payment.0".utf8.count + 4 + checkpoint.count)
            let base = entries[0].offset - head
            return entries.dropFirst(synced).contains { $0.end - base <= UInt64(cut) } ? synced : 0
        }
    }

    /// A newest segment with a checkpoint and five entries, of which the last two are not known to be durable.
    private func written() throws -> Written {
        var stage = Stage(MemoryFileSystem())
        let writer = try stage.open().writer
        try writer.put(1)
        let checkpoint = Array("what was live".utf8)
        try writer.rotate(checkpoint: checkpoint, time: 0)
        let segment = stage.path(SegmentName.name(writer.header.base))
        try stage.files.unlink(stage.firstSegment)
        for n in 2...3 { try writer.put(n) }
        try writer.sync()
        for n in 4...6 { try writer.put(n, size: n == 5 ? 0 : 10) }
        try writer.release(upTo: writer.writtenEnd)
        let entries = try stage.readAll()
        stage.files.kill()
        return Written(stage: stage, checkpoint: checkpoint, entries: entries, segment: segment)
    }

    private func spoil(
        _ written: Written, _ evidence: Evidence, _ damage: (MemoryFileSystem) throws -> Void
    ) throws -> Stage<MemoryFileSystem> {
        var stage = written.stage.copy()
        switch evidence {
        case .markOfThisBoot: break
        case .markOfAnotherBoot: stage.boot = BootID(bytes: [77])
        case .noMark: try stage.files.unlink(stage.mark)
        }
        try damage(stage.files)
        return stage
    }

    /// Whether the journal was opened: then with all that was durable, with nothing that was not written, and, if
    /// anything that was released is missing, in a new epoch that says so.
    private func opens(
        _ stage: Stage<MemoryFileSystem>, _ written: Written, keeping least: Int? = nil, _ comment: Comment
    ) throws -> Bool {
        var stage = stage
        do {
            let seen = try stage.readAll()
            #expect(seen == Array(written.entries.prefix(seen.count)), comment)
        } catch let error as JournalError {
            #expect([.corrupt, .badVersion].contains(error.code), comment)
        }
        do {
            let opened = try stage.open()
            let kept = opened.replayed.filter { $0.kind != EntryKind.epoch }
            #expect(opened.checkpoints == [written.checkpoint], comment)
            #expect(kept == Array(written.entries.prefix(kept.count)), comment)
            #expect(kept.count >= least ?? written.synced, comment)
            #expect(opened.report.isNewEpoch || kept.count == written.entries.count, comment)
            try opened.writer.close()
            // Closing may say in an entry of its own what is durable.
            let again = try stage.open().replayed
            #expect(Array(again.prefix(opened.replayed.count)) == opened.replayed, comment)
            #expect(again.dropFirst(opened.replayed.count).allSatisfy { $0.kind == EntryKind.idle }, comment)
            return true
        } catch let error as JournalError {
            #expect([.corrupt, .badVersion].contains(error.code), comment)
            return false
        }
    }

    @Test(arguments: Evidence.allCases)
    func `any flipped bit of the segment is cut above the durable offset, or named; nothing wrong is read`(
        evidence: Evidence
    ) throws {
        let written = try written()
        let size = try #require(written.stage.files.contents(written.segment)).count
        var opened = 0
        for bit in 0..<(size * 8) {
            let stage = try spoil(written, evidence) { $0.flipBit(written.segment, byte: bit / 8, bit: bit) }
            if try opens(stage, written, "bit \(bit), \(evidence)") { opened += 1 }
        }
        #expect(0 < opened && opened < size * 8)
    }

    @Test(arguments: Evidence.allCases)
    func `any end of the segment is a cut above the durable offset, or named; nothing wrong is read`(
        evidence: Evidence
    ) throws {
        let written = try written()
        let size = try #require(written.stage.files.contents(written.segment)).count
        var opened = 0
        for cut in 0..<size {
            let stage = try spoil(written, evidence) { $0.cut(written.segment, to: cut) }
            // What a cut takes with it cannot tell.
            let least = evidence == .noMark ? written.known(before: cut) : written.synced
            if try opens(stage, written, keeping: least, "cut at \(cut), \(evidence)") { opened += 1 }
        }
        #expect(0 < opened && opened < size)
    }

    @Test func `any flipped bit and any end of the mark loses nothing`() throws {
        let written = try written()
        for bit in 0..<(Mark.size * 8) {
            let stage = try spoil(written, .markOfThisBoot) { $0.flipBit(written.stage.mark, byte: bit / 8, bit: bit) }
            #expect(try opens(stage, written, "bit \(bit) of the mark"))
        }
        for cut in 0..<Mark.size {
            let stage = try spoil(written, .markOfThisBoot) { $0.cut(written.stage.mark, to: cut) }
            #expect(try opens(stage, written, "the mark cut at \(cut)"))
        }
    }
}
