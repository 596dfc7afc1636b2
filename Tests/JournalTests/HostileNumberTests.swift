internal import Testing

@testable internal import Journal

/// Files whose checksums are good and whose numbers nobody counts to.
@Suite struct HostileNumberTests {
    private static let base = UInt64.max - 200

    /// A journal of a header alone, with these numbers.
    private func stage(base: UInt64 = 0, firstNumber: UInt64 = 1, epoch: UInt64 = 5) throws -> Stage<MemoryFileSystem> {
        let stage = Stage(MemoryFileSystem())
        try stage.files.makeDirectories(stage.directory)
        let (_, bytes) = SegmentHeader.make(
            name: Array("payment.0".utf8), epoch: epoch, base: base, firstNumber: firstNumber, created: 0,
            checkpoint: [])
        stage.files.setContents(stage.path(SegmentName.name(base)), bytes)
        return stage
    }

    @Test func `a segment that nobody can have written is corrupt`() throws {
        for stage in [
            try stage(base: Self.base), try stage(base: .max), try stage(firstNumber: .max), try stage(epoch: .max),
        ] {
            var stage = stage
            #expect { try stage.open() } throws: { ($0 as? JournalError)?.code == .corrupt }
            #expect { try stage.readAll() } throws: { ($0 as? JournalError)?.code == .corrupt }
        }
    }

    @Test func `a mark that nobody can have written proves nothing`() throws {
        for (epoch, written) in [(UInt64.max, UInt64(0)), (5, .max)] {
            var stage = try stage()
            let mark = Mark(boot: stage.boot, epoch: epoch, written: written, durable: 0, released: 0)
            stage.files.setContents(stage.mark, mark.bytes)
            #expect(try stage.open().report.previousEpoch == 5)
        }
    }

    @Test func `an entry of an epoch that nobody can have begun is cut`() throws {
        var stage = try stage()
        let path = stage.path(SegmentName.name(0))
        let head = try #require(stage.files.contents(path))
        let header = try SegmentHeader.read(stage.files.openForReading(path), base: 0)
        var entry = [UInt8](repeating: 0, count: EntryFormat.fixed)
        entry.withUnsafeMutableBytes {
            EntryFormat.seal(
                $0, salt: header.salt, number: 1, epoch: .max, durableBefore: 0, time: 0, kind: 16, level: 2, heard: 0,
                said: 0)
        }
        stage.files.setContents(path, head + entry)
        let report = try stage.open().report
        #expect(report.cutBytes == UInt64(entry.count))
        #expect(report.previousEpoch == 5)
    }
}
