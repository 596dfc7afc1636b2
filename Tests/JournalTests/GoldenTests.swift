internal import Testing

@testable internal import Journal

@Suite struct GoldenTests {
    /// The first segment, with a user's entry, and the second, in version 2. `crc32c` of anybody's gives these checksums.
    private static let segments = [
        [
            // The header: magic, version, length, base, first number, epoch, created,
            "54524f5550534547", "02000000", "49000000", "0000000000000000", "0100000000000000", "6500000000000000",
            "00401e18240a0600",
            // checkpoint length and checksum, name length, reserved, name, checksum.
            "00000000", "00000000", "0900", "0000", "7061796d656e742e30", "75421534",
            // The entry of the epoch: checksum, length, number, epoch, durable before, time,
            "10608a27", "44000000", "0100000000000000", "6500000000000000", "4900000000000000", "00401e18240a0600",
            // kind, level, reserved, heard and said lengths; knows: previous epoch, bytes cut.
            "01", "02", "0000", "00000000", "00000000", "0000000000000000", "0000000000000000",
            // A user's entry.
            "fbdb3a95", "3a000000", "0200000000000000", "6500000000000000", "8d00000000000000", "01401e18240a0600",
            "10", "02", "0000", "01000000", "02000000", "aa", "bbbc", "cccdce",
        ].joined(),
        [
            "54524f5550534547", "02000000", "4d000000", "c700000000000000", "0300000000000000", "6500000000000000",
            "02401e18240a0600", "04000000", "f48c3029", "0900", "0000", "7061796d656e742e30", "1dac12df", "01020304",
        ].joined(),
    ]

    @Test func theBytesAreAsTheFormatSays() throws {
        var stage = Stage(MemoryFileSystem())
        let writer = try stage.open().writer
        _ = try writer.append(
            kind: 16, level: 2, time: 1_700_000_000_000_001, heard: [0xAA], said: [0xBB, 0xBC],
            knows: [0xCC, 0xCD, 0xCE])
        try writer.rotate(checkpoint: [1, 2, 3, 4], time: 1_700_000_000_000_002)
        try writer.release(upTo: writer.writtenEnd)
        let second = stage.path(SegmentName.name(writer.header.base))
        #expect(second == stage.path("00000000000000c7.seg"))
        #expect(hex(stage.files.contents(stage.firstSegment)) == Self.segments[0])
        #expect(hex(stage.files.contents(second)) == Self.segments[1])
        let inode = try stage.files.openForReading(stage.mark).identity().inode
        #expect(inode == 3)
        #expect(
            hex(stage.files.contents(stage.mark))
                == [
                    // Magic, version, flags, reserved, boot,
                    "54524f55504d524b", "0200", "0000", "00000000", "01020300000000000000000000000000",
                    // epoch, written, durable, released, device, inode, time, checksum.
                    "6500000000000000", "1401000000000000", "1401000000000000", "1401000000000000",
                    "0100000000000000", "0300000000000000", "0000000000000000", "44d81950",
                ].joined())
    }

    /// The same journal as version 1 had it.
    private static let older = [
        "54524f5550534547" + "01000000" + "49000000" + "0000000000000000" + "0100000000000000" + "6500000000000000"
            + "00401e18240a0600" + "0000000000000000" + "09000000" + "7061796d656e742e30" + "506a9368"
            + "90c70694" + "44000000" + "0100000000000000" + "6500000000000000" + "4900000000000000"
            + "00401e18240a0600"
            + "01020000" + "0000000000000000" + "00000000000000000000000000000000"
            + "509cb3eb" + "3a000000" + "0200000000000000" + "6500000000000000" + "8d00000000000000"
            + "01401e18240a0600"
            + "10020000" + "01000000" + "02000000" + "aabbbccccdce",
        "54524f5550534547" + "01000000" + "4d000000" + "c700000000000000" + "0300000000000000" + "6500000000000000"
            + "02401e18240a0600" + "04000000" + "f48c3029" + "09000000" + "7061796d656e742e30" + "38849483"
            + "01020304",
        "54524f55504d524b" + "01000000" + "00000000" + "01020300000000000000000000000000" + "6500000000000000"
            + "1401000000000000" + "1401000000000000" + "1401000000000000" + "d3f034fc",
    ]

    @Test func `version 1 is read, and appended to in a segment of version 2`() throws {
        var stage = Stage(MemoryFileSystem())
        let names = ["0000000000000000.seg", "00000000000000c7.seg", "mark"]
        try stage.files.makeDirectories(stage.directory)
        for (name, text) in zip(names, Self.older) { stage.files.setContents(stage.path(name), bytes(text)) }
        stage.epoch = 101

        let opened = try stage.open()
        // Its mark does not say where it was written: a new epoch, and nothing is lost.
        #expect(opened.report.isNewEpoch && opened.report.cutBytes == 0)
        #expect(opened.checkpoints == [[1, 2, 3, 4]])
        #expect(try stage.readAll().map(\.number) == [1, 2, 3])
        #expect(opened.writer.wantsRotation)
        try opened.writer.rotate(checkpoint: [5], time: 0)
        #expect(!opened.writer.wantsRotation)
        #expect(try opened.writer.put(6).number == 4)
        try opened.writer.release(upTo: opened.writer.writtenEnd)
        #expect(try stage.readAll().map(\.number) == [1, 2, 3, 4])
    }

    private func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8).map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private func hex(_ bytes: [UInt8]?) -> String {
        (bytes ?? []).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
