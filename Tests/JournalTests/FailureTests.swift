internal import Testing

@testable internal import Journal

@Suite struct FailureTests {
    @Test func killedWithoutPowerLossEverythingWrittenIsKept() throws {
        var stage = Stage(MemoryFileSystem())
        let first = try stage.open()
        for n in 1...5 { try first.writer.put(n) }
        try first.writer.release(upTo: first.writer.writtenEnd)
        // Written, and killed before it was released.
        try first.writer.put(6)
        stage.files.kill()
        let second = try stage.open()
        #expect(second.report.epoch == first.report.epoch)
        #expect(!second.report.isNewEpoch)
        #expect(!second.report.lossPossible)
        #expect(second.replayed.map(\.time).dropFirst() == [1, 2, 3, 4, 5, 6])
    }

    @Test func aFailedSyncIsFinalAndRecoveryCopies() throws {
        var stage = Stage(MemoryFileSystem())
        let first = try stage.open()
        try first.writer.put(1)
        try first.writer.sync()
        try first.writer.put(2)
        try first.writer.release(upTo: first.writer.writtenEnd)
        stage.files.failSync(1, errno: 5, path: ".seg")
        #expect { try first.writer.sync() } throws: { ($0 as? JournalError)?.code == .io }
        for _ in 0..<2 {
            #expect { try first.writer.sync() } throws: { ($0 as? JournalError)?.code == .failed }
        }
        #expect { try first.writer.put(3) } throws: { ($0 as? JournalError)?.code == .failed }
        #expect { try first.writer.release(upTo: 0) } throws: { ($0 as? JournalError)?.code == .failed }
        #expect { try first.writer.rotate(checkpoint: [], time: 0) } throws: { ($0 as? JournalError)?.code == .failed }
        try first.writer.close()
        let old = try stage.files.openForReading(stage.firstSegment)

        let second = try stage.open()
        #expect(second.report.isNewEpoch)
        #expect(second.report.previousEpoch == first.report.epoch)
        #expect(second.report.lossPossible)
        #expect(second.replayed.map(\.kind) == [EntryKind.epoch, 16, 16, EntryKind.epoch])
        // The failed file was neither cut nor appended to.
        #expect(try old.size() < stage.files.openForReading(stage.firstSegment).size())
        // What the failed sync should have written, the copy did.
        var random = SplitMix(1)
        stage.powerLoss(&random)
        #expect(try stage.readAll().map(\.time).contains(2))
    }

    @Test func aFailedWriteIsFinal() throws {
        var stage = Stage(MemoryFileSystem())
        let writer = try stage.open().writer
        stage.files.failWrite(1, errno: 5, path: ".seg", partialBytes: 30)
        #expect { try writer.put(1) } throws: { ($0 as? JournalError)?.code == .io }
        #expect { try writer.put(2) } throws: { ($0 as? JournalError)?.code == .failed }
        stage.files.kill()
        let second = try stage.open()
        #expect(second.report.isNewEpoch)
        #expect(second.report.cutBytes == 30)
    }

    @Test func aFullDiskReportedByASyncIsFinalToo() throws {
        var stage = Stage(MemoryFileSystem())
        let writer = try stage.open().writer
        try writer.put(1)
        stage.files.failSync(1, errno: 28, path: ".seg")
        #expect { try writer.sync() } throws: { ($0 as? JournalError)?.code == .io }
        #expect { try writer.sync() } throws: { ($0 as? JournalError)?.code == .failed }
    }

    @Test func aFullDiskRefusesLosesNothingAndGoesOnWhenThereIsRoom() throws {
        var stage = Stage(MemoryFileSystem())
        let writer = try stage.open().writer
        for room in 0..<62 {
            let before = try writer.put(room)
            stage.files.capacity = stage.files.used + room
            #expect { try writer.put(1000) } throws: { ($0 as? JournalError)?.code == .noSpace }
            #expect(writer.writtenEnd == before.end)
            #expect(try stage.files.openForReading(stage.firstSegment).size() == before.end)
            #expect { try writer.rotate(checkpoint: [], time: 0) } throws: { ($0 as? JournalError)?.code == .noSpace }
            stage.files.capacity = .max
        }
        try writer.put(62)
        try writer.release(upTo: writer.writtenEnd)
        #expect(try stage.files.list(stage.directory).sorted() == ["0000000000000000.seg", "lock", "mark"])
        stage.files.kill()
        let again = try stage.open()
        #expect(!again.report.isNewEpoch)
        #expect(again.replayed.dropFirst().map(\.time) == (0...62).map { Int64($0) })
        try again.writer.rotate(checkpoint: [1], time: 0)
    }

    @Test func aFullDiskAtTheFirstStartLeavesNothingBehind() throws {
        var stage = Stage(MemoryFileSystem())
        stage.files.capacity = 100
        #expect { try stage.open() } throws: { ($0 as? JournalError)?.code == .noSpace }
        stage.files.capacity = .max
        #expect(try stage.open().report.isNew)
    }

    @Test func aFailedDirectorySyncDuringRotationIsFinal() throws {
        var stage = Stage(MemoryFileSystem())
        let writer = try stage.open().writer
        try writer.put(1)
        stage.files.failDirectorySync(1, errno: 5)
        #expect { try writer.rotate(checkpoint: [7], time: 0) } throws: { ($0 as? JournalError)?.code == .io }
        #expect { try writer.put(2) } throws: { ($0 as? JournalError)?.code == .failed }
        stage.files.kill()
        let again = try stage.open()
        #expect(again.report.isNewEpoch)
        #expect(again.checkpoints == [[7]])
        try again.writer.release(upTo: again.writer.writtenEnd)
        #expect(try stage.readAll().map(\.kind) == [EntryKind.epoch, 16, EntryKind.epoch])
    }

    @Test func aFailedSyncAtTheStartLeavesEvidence() throws {
        var stage = Stage(MemoryFileSystem())
        _ = try stage.open().writer.put(1)
        stage.files.kill()
        stage.files.failSync(1, errno: 5, path: ".seg")
        #expect { try stage.open() } throws: { ($0 as? JournalError)?.code == .io }
        let again = try stage.open()
        #expect(again.report.isNewEpoch)
        #expect(again.replayed.map(\.time).contains(1))
    }
}
