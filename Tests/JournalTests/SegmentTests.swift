internal import Testing

@testable internal import Journal

@Suite struct SegmentTests {
    @Test(arguments: [false, true]) func readingGoesAcrossSegments(real: Bool) throws {
        func check<Files>(_ stage: inout Stage<Files>) throws {
            stage.options.segmentSize = 400
            let writer = try stage.open().writer
            var offsets: [UInt64] = []
            for n in 1...22 {
                offsets.append(try writer.put(n).offset)
                if writer.wantsRotation { try writer.rotate(checkpoint: [UInt8(n)], time: Int64(n)) }
            }
            let segments = SegmentName.bases(try stage.files.list(stage.directory))
            #expect(segments.count == 5)
            #expect(offsets == offsets.sorted())
            try writer.release(upTo: writer.writtenEnd)
            for maxBytes in [1, 90, 1000, 1 << 20] {
                #expect(try stage.readAll(maxBytes: maxBytes).map(\.time).dropFirst() == Array(1...22)[...])
            }

            let reader = try stage.reader
            let newest = try reader.newest()
            #expect(newest.checkpoint.count == 1)
            #expect(newest.cursor.offset == writer.header.firstOffset)
            // The newest segment whose checkpoint says at most 10 covers up to it; the next entry is the one after.
            let cursor = try reader.cursor(atOrBefore: { $0[0] <= 10 })
            var first: Int64?
            _ = try reader.read(from: cursor, upTo: try reader.end(), maxBytes: 1) { entry in
                first = entry.time
                return true
            }
            #expect(try #require(first) <= 11)
            #expect(try reader.cursor(atOrBefore: { _ in false }) == reader.start())
            let oldest = try reader.start()
            try writer.close()

            let again = try stage.open()
            #expect(again.checkpoints == [newest.checkpoint])
            let replayed = again.replayed.filter { $0.kind != EntryKind.idle }
            #expect(replayed.map(\.time) == Array((Int64(newest.checkpoint[0]) + 1)...22))
            // One of them says that the journal was closed.
            #expect(again.report.entries == 25)

            #expect(try again.writer.trim(before: segments[3] - 1) == 2)
            #expect { try reader.read(from: oldest, upTo: try reader.end(), maxBytes: 1) { _ in true } } throws: {
                ($0 as? JournalError)?.code == .notFound
            }
            #expect(try stage.readAll().last { $0.kind != EntryKind.idle }?.time == 22)
            #expect(try again.writer.trim(before: .max) == 2)
            #expect(try stage.readAll().map(\.time) == again.replayed.map(\.time))
        }
        if real {
            try withTemporaryDirectory { directory in
                var stage = Stage(OSFileSystem())
                stage.directory = directory
                try check(&stage)
            }
        } else {
            var stage = Stage(MemoryFileSystem())
            try check(&stage)
        }
    }

    @Test func theRecoveredSegmentStillHasItsCheckpointAndAllItsEntries() throws {
        var stage = Stage(MemoryFileSystem())
        let first = try stage.open().writer
        try first.put(1)
        try first.rotate(checkpoint: [4, 5, 6], time: 0)
        try first.put(2)
        try first.sync()
        try first.put(3)
        stage.boot = BootID(bytes: [5])
        stage.files.kill()
        let second = try stage.open()
        #expect(second.checkpoints == [[4, 5, 6]])
        #expect(second.replayed.map(\.kind) == [16, 16, EntryKind.epoch])
        #expect(second.replayed.map(\.epoch) == [101, 101, 102])
        #expect(try stage.readAll().map(\.number) == [1, 2, 3, 4, 5])
    }

    @Test func aReaderNeverPassesWhatWasReleased() throws {
        var stage = Stage(MemoryFileSystem())
        let writer = try stage.open().writer
        let a = try writer.put(1)
        try writer.put(2)
        #expect(try stage.readAll().map(\.time).dropFirst() == [])
        try writer.sync()
        #expect(try stage.readAll().map(\.time).dropFirst() == [])
        try writer.release(upTo: a.end)
        #expect(try stage.readAll().map(\.time).dropFirst() == [1])
        // It never goes back.
        try writer.release(upTo: 0)
        #expect(writer.releasedEnd == a.end)
        // Nor is a segment offered whose checkpoint covers what was not released.
        try writer.rotate(checkpoint: [1], time: 0)
        #expect(try stage.reader.newest().checkpoint == [])
        #expect(try stage.reader.cursor(atOrBefore: { _ in true }) == stage.reader.start())
        try writer.release(upTo: writer.writtenEnd)
        #expect(try stage.reader.newest().checkpoint == [1])
        #expect(try stage.readAll().map(\.time).dropFirst() == [1, 2])
    }

    @Test func aReaderStopsWhenAsked() throws {
        var stage = Stage(MemoryFileSystem())
        let writer = try stage.open().writer
        for n in 1...5 { try writer.put(n) }
        try writer.release(upTo: writer.writtenEnd)
        let reader = try stage.reader
        var seen: [UInt64] = []
        let cursor = try reader.read(from: try reader.start(), upTo: try reader.end(), maxBytes: .max) { entry in
            seen.append(entry.number)
            return entry.number < 3
        }
        #expect(seen == [1, 2, 3])
        let copy = try #require(JournalReader.Cursor(bytes: cursor.bytes))
        #expect(copy == cursor)
        _ = try reader.read(from: copy, upTo: try reader.end(), maxBytes: .max) { entry in
            seen.append(entry.number)
            return true
        }
        #expect(seen == [1, 2, 3, 4, 5, 6])
        #expect(JournalReader.Cursor(bytes: [1]) == nil)
    }

    @Test func aCursorIntoWhatWasCutIsToldSo() throws {
        var stage = Stage(MemoryFileSystem())
        let first = try stage.open().writer
        try first.put(1)
        try first.sync()
        try first.put(2, size: 9)
        let cursor = JournalReader.Cursor(segmentBase: 0, offset: try first.put(3).end)
        stage.files.kill()
        stage.boot = BootID(bytes: [8])
        // Sectors of the last two entries never reached the disk.
        let bytes = try #require(stage.files.contents(stage.firstSegment))
        stage.files.setContents(stage.firstSegment, Array(bytes.dropLast(100)))
        let second = try stage.open()
        let reader = try stage.reader
        // The journal is shorter than the cursor, and then longer.
        let early = try reader.read(from: cursor, upTo: try reader.end(), maxBytes: .max) { _ in true }
        #expect(early == cursor)
        try second.writer.put(4, size: 400)
        try second.writer.release(upTo: second.writer.writtenEnd)
        #expect {
            try reader.read(from: cursor, upTo: try reader.end(), maxBytes: .max) { _ in true }
        } throws: { ($0 as? JournalError)?.code == .unknownPosition }
    }

    @Test func anIdleMarkStatesTheDurableOffsetOnce() throws {
        var stage = Stage(MemoryFileSystem())
        let writer = try stage.open().writer
        let a = try writer.put(1)
        try writer.sync()
        let mark = try writer.appendIdleMark(time: 5)
        #expect(mark != nil)
        #expect(try writer.appendIdleMark(time: 6) == nil)
        try writer.sync()
        #expect(try writer.appendIdleMark(time: 7) == nil)
        try writer.release(upTo: writer.writtenEnd)
        let last = try #require(try stage.readAll().last)
        #expect(last.kind == EntryKind.idle)
        #expect(last.durableBefore >= a.end)
        #expect(last.time == 5)
        // A power loss that takes the mark still leaves it known that the entry was durable.
        try stage.files.unlink(stage.mark)
        stage.files.flipBit(stage.firstSegment, byte: Int(a.offset) + 3, bit: 0)
        stage.files.kill()
        #expect { try stage.open() } throws: { ($0 as? JournalError)?.code == .corrupt }
    }

    @Test(arguments: [false, true]) func syncRunsBesideAppending(real: Bool) async throws {
        func check<Files>(_ stage: Stage<Files>) async throws {
            var stage = stage
            stage.options.segmentSize = 20_000
            let writer = try stage.open().writer
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for n in 0..<1000 {
                        let end = try writer.put(n, size: n % 100).end
                        if writer.wantsRotation { try writer.rotate(checkpoint: [1], time: 0) }
                        if n % 10 == 0 { try writer.release(upTo: min(end, writer.durableEnd)) }
                    }
                }
                group.addTask {
                    var last: UInt64 = 0
                    for _ in 0..<50 {
                        let written = writer.writtenEnd
                        let durable = try writer.sync()
                        #expect(durable >= written)
                        #expect(durable >= last)
                        last = durable
                    }
                }
                try await group.waitForAll()
            }
            #expect(try writer.sync() == writer.writtenEnd)
            try writer.release(upTo: writer.writtenEnd)
            #expect(try stage.readAll(maxBytes: 10_000).count == 1001)
        }
        if real {
            try await withTemporaryDirectoryAsync { directory in
                var stage = Stage(OSFileSystem())
                stage.directory = directory
                try await check(stage)
            }
        } else {
            try await check(Stage(MemoryFileSystem()))
        }
    }
}
