internal import Testing

@testable internal import Journal

/// A process that dies in a rotation, when the new segment has its name and the directory is not synced yet.
@Suite struct RotationCrashTests {
    @Test(arguments: 0..<40) func theNextStartMakesTheNameDurable(seed: UInt64) throws {
        var random = SplitMix(seed)
        var stage = Stage(MemoryFileSystem())
        let opened = try stage.open()
        try opened.writer.put(1)
        try opened.writer.release(upTo: opened.writer.sync())
        let mark = try #require(stage.files.contents(stage.mark))
        stage.files.failDirectorySync(1, errno: 5)
        #expect(throws: JournalError.self) { try opened.writer.rotate(checkpoint: [7], time: 0) }
        // It was killed there, so it did not write the error down.
        stage.files.setContents(stage.mark, mark)
        stage.files.kill()

        let again = try stage.open()
        #expect(!again.report.isNewEpoch)
        let entry = try again.writer.put(2)
        #expect(try again.writer.sync() == entry.end)
        try again.writer.release(upTo: entry.end)
        stage.powerLoss(&random)
        let last = try stage.open()
        #expect(last.checkpoints == [[7]])
        #expect(try stage.readAll().contains { $0.number == entry.number && $0.kind == 16 })
    }

    @Test func aLargeCheckpointIsNotWrittenAgainForEachEntry() throws {
        var stage = Stage(MemoryFileSystem())
        stage.options.segmentSize = 1000
        let writer = try stage.open().writer
        try writer.rotate(checkpoint: [UInt8](repeating: 1, count: 5000), time: 0)
        #expect(!writer.wantsRotation)
        var entries = 0
        while !writer.wantsRotation {
            try writer.put(entries, size: 100)
            entries += 1
        }
        #expect(entries > 25)
    }
}

/// A sync fails, and so does writing it down.
@Suite struct FailedEvidenceTests {
    @Test func aMarkThatCannotSaySoIsRemoved() throws {
        var stage = Stage(MemoryFileSystem())
        let opened = try stage.open()
        try opened.writer.put(1)
        stage.files.failSync(1, errno: 5)
        stage.files.failWrite(1, errno: 28, path: "/mark")
        #expect(throws: JournalError.self) { try opened.writer.sync() }
        #expect(stage.files.contents(stage.mark) == nil)
        stage.files.kill()
        #expect(try stage.open().report.isNewEpoch)
    }
}
