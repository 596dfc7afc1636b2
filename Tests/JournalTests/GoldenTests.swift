internal import Testing

@testable internal import Journal

@Suite struct GoldenTests {
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
        #expect(
            hex(stage.files.contents(stage.firstSegment))
                == [
                    // The header: magic, version, length, base, first number, epoch, created,
                    "54524f5550534547", "01000000", "49000000", "0000000000000000", "0100000000000000",
                    "6500000000000000",
                    "00401e18240a0600",
                    // checkpoint length and checksum, name length, reserved, name, checksum.
                    "00000000", "00000000", "0900", "0000", "7061796d656e742e30", "506a9368",
                    // The entry of the epoch: checksum, length, number, epoch, durable before, time,
                    "90c70694", "44000000", "0100000000000000", "6500000000000000", "4900000000000000",
                    "00401e18240a0600",
                    // kind, level, reserved, heard and said lengths; knows: previous epoch, bytes cut.
                    "01", "02", "0000", "00000000", "00000000", "0000000000000000", "0000000000000000",
                    // A user's entry.
                    "509cb3eb", "3a000000", "0200000000000000", "6500000000000000", "8d00000000000000",
                    "01401e18240a0600",
                    "10", "02", "0000", "01000000", "02000000", "aa", "bbbc", "cccdce",
                ].joined())
        #expect(
            hex(stage.files.contents(second))
                == [
                    "54524f5550534547", "01000000", "4d000000", "c700000000000000", "0300000000000000",
                    "6500000000000000",
                    "02401e18240a0600", "04000000", "f48c3029", "0900", "0000", "7061796d656e742e30", "38849483",
                    "01020304",
                ].joined())
        #expect(
            hex(stage.files.contents(stage.mark))
                == [
                    // Magic, version, flags, reserved, boot,
                    "54524f55504d524b", "0100", "0000", "00000000", "01020300000000000000000000000000",
                    // epoch, written, durable, released, checksum.
                    "6500000000000000", "1401000000000000", "1401000000000000", "1401000000000000", "d3f034fc",
                ].joined())
    }

    private func hex(_ bytes: [UInt8]?) -> String {
        (bytes ?? []).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
