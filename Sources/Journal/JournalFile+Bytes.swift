extension JournalFile {
    /// Reads up to `count` bytes at an offset; fewer only at the end of the file.
    package func readBytes(at offset: UInt64, count: Int) throws(JournalError) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 8)
        defer { buffer.deallocate() }
        let read = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[0..<count]), at: offset)
        return [UInt8](buffer[0..<min(max(read, 0), count)])
    }

    /// Writes an array at an offset.
    package func write(_ bytes: [UInt8], at offset: UInt64) throws(JournalError) {
        var failure: JournalError?
        bytes.withUnsafeBytes { buffer in
            do throws(JournalError) { try write(buffer, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
