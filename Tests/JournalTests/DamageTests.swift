internal import Testing

@testable internal import Journal

@Suite struct DamageTests {
    enum Evidence: CaseIterable { case markOfThisBoot, markOfAnotherBoot, noMark }

    /// A journal of six entries: two that are known to be durable, and four that are not.
    private func journal<Files>(_ stage: inout Stage<Files>) throws -> [Recorded] {
        let writer = try stage.open().writer
        try writer.put(1)
        try writer.put(2)
        try writer.sync()
        try writer.release(upTo: writer.durableEnd)
        try writer.put(3)
        try writer.put(4, size: 0)
        try writer.put(5, size: 40)
        try writer.release(upTo: writer.writtenEnd)
        return try stage.readAll()
    }

    private func apply<Files>(_ evidence: Evidence, _ stage: inout Stage<Files>) throws {
        switch evidence {
        case .markOfThisBoot: break
        case .markOfAnotherBoot: stage.boot = BootID(bytes: [77])
        case .noMark: try stage.files.unlink(stage.mark)
        }
    }

    /// Recovers and goes on; the journal must then be exactly `kept`, the entry of a new epoch, and what follows.
    private func expectRecovery<Files>(
        _ stage: inout Stage<Files>, keeps kept: [Recorded], newEpoch: Bool, _ comment: Comment
    ) throws {
        let opened = try stage.open()
        #expect(opened.report.isNewEpoch == newEpoch, comment)
        #expect(opened.report.lossPossible == newEpoch, comment)
        #expect(opened.replayed == Array(kept) + opened.replayed.dropFirst(kept.count), comment)
        #expect(opened.replayed.count == kept.count + (newEpoch ? 1 : 0), comment)
        #expect(opened.replayed.last?.kind == (newEpoch ? EntryKind.epoch : kept.last?.kind), comment)
        #expect(opened.report.entries == UInt64(opened.replayed.count + 1), comment)
        try opened.writer.put(99)
        try opened.writer.sync()
        try opened.writer.release(upTo: opened.writer.writtenEnd)
        let all = try stage.readAll()
        #expect(Array(all.dropLast()) == opened.replayed, comment)
        #expect(all.last?.time == 99, comment)
        try opened.writer.close()
        let again = try stage.open()
        // Closing may say in an entry of its own what is durable.
        #expect(again.replayed.filter { $0.kind != EntryKind.idle || all.contains($0) } == all, comment)
        #expect(!again.report.isNewEpoch, comment)
    }

    private func expectCorrupt<Files>(_ stage: inout Stage<Files>, offset: UInt64, _ comment: Comment) throws {
        let path = stage.firstSegment
        #expect(comment) {
            try stage.open()
        } throws: { error in
            guard let error = error as? JournalError else { return false }
            return error.code == .corrupt && error.path == path && error.message.contains("at byte \(offset):")
        }
    }

    @Test(arguments: Evidence.allCases) func aCutAtAnyByteLeavesAPrefixOrIsReported(evidence: Evidence) throws {
        var stage = Stage(MemoryFileSystem())
        let entries = try journal(&stage)
        let size = try #require(stage.files.contents(stage.firstSegment)).count
        for cut in 0...size {
            var copy = stage.copy()
            copy.files.cut(copy.firstSegment, to: cut)
            try apply(evidence, &copy)
            try expectCut(&copy, at: cut, of: size, entries, evidence)
        }
    }

    @Test func aCutAtAnyByteOnTheRealFileSystem() throws {
        try withTemporaryDirectory { directory in
            var template = Stage(MemoryFileSystem())
            let entries = try journal(&template)
            let bytes = try #require(template.files.contents(template.firstSegment))
            let mark = try #require(template.files.contents(template.mark))
            for cut in stride(from: 0, through: bytes.count, by: 3) {
                var stage = Stage(OSFileSystem())
                stage.epoch = template.epoch
                stage.directory = directory + "/\(cut)"
                try stage.files.makeDirectories(stage.directory)
                try stage.files.createExclusively(stage.firstSegment).write(Array(bytes.prefix(cut)), at: 0)
                // As its writer would have left it here: that of another place proves nothing.
                try MarkFile(stage.directory, stage.files, try #require(Mark(mark))).update { _ in }
                try expectCut(&stage, at: cut, of: bytes.count, entries, .markOfThisBoot)
            }
        }
    }

    private func expectCut<Files>(
        _ stage: inout Stage<Files>, at cut: Int, of size: Int, _ entries: [Recorded], _ evidence: Evidence
    ) throws {
        let comment: Comment = "cut at \(cut), \(evidence)"
        let first = try #require(entries.first)
        let kept = entries.filter { $0.end <= UInt64(cut) }
        let durable = evidence == .noMark ? first.offset : entries[2].end
        if UInt64(cut) < first.offset {
            #expect(comment) { try stage.open() } throws: { ($0 as? JournalError)?.code == .corrupt }
        } else if kept.last?.end ?? first.offset < durable {
            try expectCorrupt(&stage, offset: kept.last?.end ?? first.offset, comment)
        } else {
            let whole = cut == size && evidence == .markOfThisBoot
            try expectRecovery(&stage, keeps: kept, newEpoch: !whole, comment)
        }
    }

    @Test(arguments: Evidence.allCases) func aFlippedBitIsReportedBelowTheDurableOffsetAndCutAboveIt(
        evidence: Evidence
    ) throws {
        var stage = Stage(MemoryFileSystem())
        let entries = try journal(&stage)
        let size = try #require(stage.files.contents(stage.firstSegment)).count
        for byte in 0..<size {
            var copy = stage.copy()
            copy.files.flipBit(copy.firstSegment, byte: byte, bit: byte * 5)
            try apply(evidence, &copy)
            let comment: Comment = "byte \(byte), \(evidence)"
            guard let hit = entries.firstIndex(where: { $0.offset <= UInt64(byte) && UInt64(byte) < $0.end }) else {
                #expect(comment) {
                    try copy.open()
                } throws: { error in
                    let error = error as? JournalError
                    return (error?.code == .corrupt || error?.code == .badVersion) && error?.path == copy.firstSegment
                }
                continue
            }
            // The entries after the second sync state that the first three were durable; without a mark, only they do.
            let durable = entries[2].end
            if entries[hit].offset < durable {
                try expectCorrupt(&copy, offset: entries[hit].offset, comment)
                // Nor does a reader pass it.
                #expect(throws: JournalError.self) { try copy.readAll() }
            } else {
                try expectRecovery(&copy, keeps: Array(entries[..<hit]), newEpoch: true, comment)
            }
        }
    }

    @Test func whatIsCutIsCounted() throws {
        var stage = Stage(MemoryFileSystem())
        let entries = try journal(&stage)
        stage.files.flipBit(stage.firstSegment, byte: Int(entries[3].offset) + 20, bit: 1)
        stage.files.kill()
        let report = try stage.open().report
        #expect(report.cutBytes == entries[5].end - entries[3].offset)
        #expect(report.cutEntriesSeen == 2)
        #expect(report.previousEpoch == entries[0].epoch)
    }

    @Test func aDamagedMarkProvesNothing() throws {
        var stage = Stage(MemoryFileSystem())
        let entries = try journal(&stage)
        for byte in 0..<Mark.size {
            var copy = stage.copy()
            copy.files.flipBit(copy.mark, byte: byte, bit: byte)
            try expectRecovery(&copy, keeps: entries, newEpoch: true, "byte \(byte)")
        }
    }

    @Test func aMarkOfAnotherEpochProvesNothing() throws {
        var stage = Stage(MemoryFileSystem())
        let entries = try journal(&stage)
        var mark = try #require(Mark(stage.files.contents(stage.mark) ?? []))
        mark.epoch -= 1
        stage.files.setContents(stage.mark, mark.bytes)
        stage.files.kill()
        try expectRecovery(&stage, keeps: entries, newEpoch: true, "the mark is of an earlier epoch")
    }

    @Test func aStartThatDiesBeforeItsMarkIsWrittenIsRepeated() throws {
        var stage = Stage(MemoryFileSystem())
        let entries = try journal(&stage)
        for evidence in Evidence.allCases where evidence != .markOfThisBoot {
            var copy = stage.copy()
            try apply(evidence, &copy)
            copy.files.failWrite(evidence == .noMark ? 1 : 2, errno: 5, path: "mark")
            #expect { try copy.open() } throws: { ($0 as? JournalError)?.code == .io }
            copy.epoch += 1
            let again = try copy.open()
            #expect(again.report.isNewEpoch)
            #expect(Array(again.replayed.prefix(entries.count)) == entries)
            #expect(again.replayed.dropFirst(entries.count).map(\.kind) == [EntryKind.epoch, EntryKind.epoch])
        }
    }

    @Test func anUnfinishedEntryAboveTheMarkIsCutAndTheEpochGoesOn() throws {
        var stage = Stage(MemoryFileSystem())
        let entries = try journal(&stage)
        let bytes = try #require(stage.files.contents(stage.firstSegment))
        for extra in 1..<60 {
            var copy = stage.copy()
            copy.files.setContents(copy.firstSegment, bytes + bytes[Int(entries[1].offset)...].prefix(extra))
            try expectRecovery(&copy, keeps: entries, newEpoch: false, "\(extra) bytes more")
        }
    }

    @Test func aMissingOrShortOlderSegmentIsCorruption() throws {
        var stage = Stage(MemoryFileSystem())
        let writer = try stage.open().writer
        var bases: [UInt64] = [0]
        for n in 0..<3 {
            try writer.put(n)
            bases.append(writer.writtenEnd)
            try writer.rotate(checkpoint: [UInt8(n)], time: 0)
        }
        try writer.release(upTo: writer.writtenEnd)
        for short in [true, false] {
            var copy = stage.copy()
            let path = copy.path(SegmentName.name(bases[1]))
            if short { copy.files.cut(path, to: 80) } else { try copy.files.unlink(path) }
            #expect { try copy.open() } throws: { ($0 as? JournalError)?.code == .corrupt }
            #expect { try copy.readAll() } throws: { ($0 as? JournalError)?.code == .corrupt }
        }
        // The newest one gone: the mark knows that more was durable.
        var copy = stage.copy()
        try copy.files.unlink(copy.path(SegmentName.name(bases[3])))
        #expect { try copy.open() } throws: { ($0 as? JournalError)?.code == .corrupt }
    }
}
