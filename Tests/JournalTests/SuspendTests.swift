internal import Testing

@testable internal import Journal

/// A writer that gives the lock up goes on only where nobody touched the journal.
@Suite struct SuspendTests {
    /// Runs `body` with a journal on disk that holds one released entry and is suspended.
    private func withSuspended(_ body: (inout Stage<OSFileSystem>, JournalWriter) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            var stage = Stage(OSFileSystem())
            stage.directory = directory + "/ingress.0"
            let writer = try stage.open().writer
            try put(1, writer)
            writer.suspend()
            try body(&stage, writer)
        }
    }

    private func put(_ number: Int, _ writer: JournalWriter) throws {
        try writer.put(number)
        try writer.sync()
        try writer.release(upTo: writer.writtenEnd)
    }

    private func numbers(_ stage: Stage<OSFileSystem>) throws -> [Int64] {
        try stage.readAll().filter { $0.kind == 16 }.map(\.time)
    }

    @Test func `it goes on where nobody did anything`() throws {
        try withSuspended { stage, writer in
            for number in 2...5 {
                #expect(try writer.resume())
                try put(number, writer)
                writer.suspend()
            }
            #expect(try numbers(stage) == [1, 2, 3, 4, 5])
            let again = try stage.open()
            #expect(again.report.cutBytes == 0 && again.replayed.filter { $0.kind == 16 }.count == 5)
        }
    }

    @Test func `it does not where another appended, and gives the lock back`() throws {
        try withSuspended { stage, writer in
            let other = try stage.open().writer
            try put(2, other)
            other.suspend()
            #expect(try !writer.resume())
            #expect(try other.resume())
            try put(3, other)
            try other.close()
            #expect(try numbers(stage) == [1, 2, 3])
        }
    }

    @Test func `it goes on where another opened the journal and left it as it was`() throws {
        try withSuspended { stage, writer in
            try stage.open().writer.suspend()
            #expect(try writer.resume())
            try put(2, writer)
            try writer.close()
            #expect(try numbers(stage) == [1, 2])
        }
    }

    @Test func `it does not where another's recovery laid the segment anew`() throws {
        try withTemporaryDirectory { directory in
            var stage = Stage(OSFileSystem())
            stage.directory = directory + "/ingress.0"
            let writer = try stage.open().writer
            // Written and released, but not durable: a recovery copies it.
            try writer.put(1)
            try writer.release(upTo: writer.writtenEnd)
            writer.suspend()
            try stage.open().writer.close()
            #expect(try !writer.resume())
            #expect(try numbers(stage) == [1])
        }
    }

    @Test func `it does not where another died amid an entry`() throws {
        try withSuspended { stage, writer in
            let path = stage.firstSegment
            let file = try OSFileSystem().openForWriting(path, create: false)
            try [UInt8(1), 2, 3].withUnsafeBytes { try file.write($0, at: file.size()) }
            #expect(try !writer.resume())
            let again = try stage.open()
            #expect(again.report.cutBytes == 3)
        }
    }

    @Test func `it does not where another's mark says that nothing is known`() throws {
        try withSuspended { stage, writer in
            var mark = try #require(try FoundMark.read(stage.directory, OSFileSystem(), boot: stage.boot)?.mark)
            mark.failed = true
            let file = try OSFileSystem().openForWriting(stage.mark, create: false)
            try mark.bytes.withUnsafeBytes { try file.write($0, at: 0) }
            #expect(try !writer.resume())
        }
    }

    @Test func `while another has the lock it waits for nobody`() throws {
        try withSuspended { stage, writer in
            let other = try stage.open().writer
            #expect(throws: JournalError.self) { _ = try writer.resume() }
            try other.close()
        }
    }

    @Test func `its own new segment is its own`() throws {
        try withSuspended { stage, writer in
            #expect(try writer.resume())
            try writer.rotate(checkpoint: [1], time: 0)
            try writer.release(upTo: writer.writtenEnd)
            writer.suspend()
            #expect(try writer.resume())
            try put(2, writer)
            try writer.close()
            #expect(try numbers(stage) == [1, 2])
        }
    }

    @Test func `old segments are given up in memory, and read as before`() throws {
        try withTemporaryDirectory { directory in
            var stage = Stage(OSFileSystem())
            stage.directory = directory + "/a.0"
            let writer = try stage.open().writer
            for number in 1...9 {
                try put(number, writer)
                try writer.rotate(checkpoint: [], time: 0)
            }
            try put(10, writer)
            #expect(writer.shared.withLock { $0.takeCold() == nil }, "each was given up by the sync after it")
            #expect(try numbers(stage) == Array(1...10))
        }
    }
}
