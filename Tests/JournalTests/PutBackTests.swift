internal import Synchronization
internal import Testing

@testable internal import Journal

/// S1: a mark proves something only where, and when, it was written.
@Suite struct PutBackTests {
    /// A time of day that a test sets.
    private final class Clock: Sendable {
        let time = Mutex<Int64>(1_700_000_000_000_000)
        func advance(_ microseconds: Int64) { time.withLock { $0 += microseconds } }
        var now: Int64 { time.withLock { $0 } }
    }

    private func stage(_ clock: Clock) -> Stage<MemoryFileSystem> { Stage(MemoryFileSystem { clock.now }) }

    /// A journal with three entries is copied, three more come, and the copy is put back.
    private func putBack(
        _ way: MemoryFileSystem.PutBack, isClosed: Bool = true
    ) throws -> (stage: Stage<MemoryFileSystem>, opened: Opened, old: UInt64) {
        let clock = Clock()
        var stage = stage(clock)
        let first = try stage.open()
        for number in 1...3 { _ = try first.writer.put(number) }
        try first.writer.release(upTo: first.writer.writtenEnd)
        if isClosed { try first.writer.close() }
        let copy = stage.files.copy()
        let second = isClosed ? try stage.open() : first
        clock.advance(1_000_000)
        for number in 4...6 { _ = try second.writer.put(number) }
        try second.writer.release(upTo: second.writer.writtenEnd)
        try second.writer.close()
        clock.advance(1_000_000)
        stage.files.putBack(stage.directory, from: copy, way)
        let opened = try stage.open()
        return (stage, opened, second.report.epoch)
    }

    @Test(arguments: [true, false])
    func `S1: what is put back as new files begins an epoch and keeps what the copy has`(isClosed: Bool) throws {
        let (stage, opened, old) = try putBack(.asNewFiles, isClosed: isClosed)
        #expect(opened.report.isNewEpoch && opened.report.epoch > old && opened.report.lossPossible)
        #expect(opened.replayed.filter { $0.kind >= EntryKind.firstUser }.count == 3)
        #expect(try stage.readAll().filter { $0.kind >= EntryKind.firstUser }.count == 3)
    }

    @Test func `S1: what is copied into the very files that were there begins an epoch`() throws {
        let (_, opened, old) = try putBack(.intoFiles)
        #expect(opened.report.isNewEpoch && opened.report.epoch > old)
        #expect(opened.replayed.filter { $0.kind >= EntryKind.firstUser }.count == 3)
    }

    @Test func `what the device brings back cannot be told from what was`() throws {
        let (_, opened, old) = try putBack(.byDevice)
        #expect(!opened.report.isNewEpoch && opened.report.epoch == old)
    }

    @Test func `what is known to be put back from outside begins an epoch`() throws {
        let clock = Clock()
        var stage = stage(clock)
        try stage.open().writer.close()
        stage.isPutBack = true
        let opened = try stage.open()
        #expect(opened.report.isNewEpoch)
        _ = try opened.writer.put(1)
    }

    @Test func `without a writer a copy is read as far as it says by itself that it was durable`() throws {
        let clock = Clock()
        var stage = stage(clock)
        let first = try stage.open()
        for number in 1...3 { _ = try first.writer.put(number) }
        try first.writer.release(upTo: first.writer.writtenEnd)
        let hot = stage.files.copy()
        try first.writer.close()
        let cold = stage.files.copy()

        // A closed journal ends with an entry that says so; of one that is copied while it runs the end is unknown.
        stage.files.putBack(stage.directory, from: cold, .asNewFiles)
        #expect(try stage.readAll().filter { $0.kind >= EntryKind.firstUser }.count == 3)
        #expect(try !stage.reader.end().markValid)
        stage.files.putBack(stage.directory, from: hot, .asNewFiles)
        #expect(try stage.readAll().filter { $0.kind >= EntryKind.firstUser }.isEmpty)
    }

    @Test func `a mark that was overwritten in place still tells what was durable`() throws {
        let clock = Clock()
        var stage = stage(clock)
        let first = try stage.open()
        for number in 1...3 { _ = try first.writer.put(number) }
        try first.writer.sync()
        try first.writer.release(upTo: first.writer.writtenEnd)
        try first.writer.close()
        clock.advance(1_000_000)
        let copy = stage.files.copy()
        copy.cut(stage.firstSegment, to: 150)
        stage.files.putBack(stage.directory, from: copy, .intoFiles)
        let error = #expect(throws: JournalError.self) { try stage.open() }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("remove 'mark'") == true)
        try stage.files.unlink(stage.mark)
        #expect(try stage.open().report.isNewEpoch)
    }

    @Test func `a mark whose write took long is written again`() throws {
        let looks = Mutex<Int64>(0)
        // Every look at the clock is 30 ms later, for a while.
        let files = MemoryFileSystem {
            looks.withLock { count in
                count += 1
                return 1_700_000_000_000_000 + min(count, 12) * 30_000
            }
        }
        var stage = Stage(files)
        let opened = try stage.open()
        try opened.writer.close()
        #expect(opened.report.isDated)
        let found = try #require(try FoundMark.read(stage.directory, files, boot: stage.boot))
        #expect(found.proof == .everything)
    }

    @Test func `where changes are dated by another clock, device and inode decide`() throws {
        let clock = Clock()
        var stage = Stage(SkewedFileSystem(MemoryFileSystem { clock.now }))
        let first = try stage.open()
        #expect(!first.report.isDated)
        _ = try first.writer.put(1)
        try first.writer.release(upTo: first.writer.writtenEnd)
        try first.writer.close()
        clock.advance(5_000_000)
        #expect(try !stage.open().report.isNewEpoch)
    }
}
