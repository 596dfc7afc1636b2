extension JournalWriter {
    /// Appends an entry with one write; when this returns it survives the death of the process.
    ///
    /// - Parameters:
    ///   - kind: the user's kind, at least ``EntryKind/firstUser``.
    ///   - level: 0 memory, 1 written, 2 synced; only recorded.
    ///   - time: microseconds since 1970; only recorded.
    /// - Throws: `.noSpace` when the disk is full: nothing of it remains and the journal goes on. `.tooLarge` or
    ///   `.invalidArgument` before anything was written. Any other error is final: every later call throws `.failed`.
    package func append(
        kind: UInt8, level: UInt8, time: Int64, heard: [UInt8], said: [UInt8], knows: [UInt8]
    ) throws(JournalError) -> AppendedEntry {
        try checkKind(kind)
        guard said.count >= Self.borrowed else {
            return try append(
                kind: kind, level: level, time: time, heard: heard, saidParts: CollectionOfOne(said), knows: knows)
        }
        let bytes = said.span.bytes
        return try bytes.withUnsafeBytes { said throws(JournalError) in
            try append(kind, level, time, heard: heard.count, said: said.count, knows: knows.count, borrowed: said) {
                buffer in
                heard.withUnsafeBytes { buffer.put($0, 0) }
                knows.withUnsafeBytes { buffer.put($0, heard.count) }
            }
        }
    }

    /// As ``append(kind:level:time:heard:said:knows:)``, with what was said in parts that are joined in the entry.
    package func append(
        kind: UInt8, level: UInt8, time: Int64, heard: [UInt8], saidParts: some Collection<[UInt8]>, knows: [UInt8]
    ) throws(JournalError) -> AppendedEntry {
        try checkKind(kind)
        let said = saidParts.reduce(0) { $0 + $1.count }
        return try append(kind, level, time, heard: heard.count, said: said, knows: knows.count) { buffer in
            heard.withUnsafeBytes { buffer.put($0, 0) }
            var at = heard.count
            for part in saidParts {
                part.withUnsafeBytes { buffer.put($0, at) }
                at += part.count
            }
            knows.withUnsafeBytes { buffer.put($0, at) }
        }
    }

    /// As ``append(kind:level:time:heard:said:knows:)``, from borrowed bytes.
    package func append(
        kind: UInt8, level: UInt8, time: Int64, heard: UnsafeRawBufferPointer, said: UnsafeRawBufferPointer,
        knows: UnsafeRawBufferPointer
    ) throws(JournalError) -> AppendedEntry {
        try checkKind(kind)
        return try append(kind, level, time, heard: heard.count, said: said.count, knows: knows.count) { buffer in
            buffer.put(heard, 0)
            buffer.put(said, heard.count)
            buffer.put(knows, heard.count + said.count)
        }
    }

    /// Appends an empty entry that carries the durable offset, if no entry on disk states it already.
    ///
    /// Call it when nothing was appended for a while after a ``sync()``: after a power loss it tells how far the journal
    /// was durable. It is safe itself only after the next ``sync()``.
    /// - Returns: the entry, or `nil` if none was needed.
    /// - Throws: as ``append(kind:level:time:heard:said:knows:)``.
    @discardableResult
    package func appendIdleMark(time: Int64) throws(JournalError) -> AppendedEntry? {
        let (_, durable) = try usable()
        // That an idle mark itself became durable is worth no further one.
        guard statedDurable < min(durable, lastPlainEnd) else { return nil }
        return try append(EntryKind.idle, 2, time, heard: 0, said: 0, knows: 0) { _ in }
    }

    private func checkKind(_ kind: UInt8) throws(JournalError) {
        guard kind >= EntryKind.firstUser else {
            throw JournalError(
                .invalidArgument, "entry kind \(kind) is the journal's own; use \(EntryKind.firstUser) and above",
                path: directory)
        }
    }

    /// From how many bytes on what was said is written from where it lies, and not copied into the entry first.
    private static let borrowed = 16 << 10

    /// - Parameters:
    ///   - borrowed: what was said, if `fill` leaves it out.
    ///   - fill: writes the sections to their place behind the fixed part.
    private func append(
        _ kind: UInt8, _ level: UInt8, _ time: Int64, heard: Int, said: Int, knows: Int,
        borrowed: UnsafeRawBufferPointer? = nil, fill: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(JournalError) -> AppendedEntry {
        let (_, durable) = try usable()
        let length = EntryFormat.fixed + heard + said + knows
        guard length <= options.maximumEntry, length <= Int(UInt32.max) else {
            throw JournalError(
                .tooLarge,
                "an entry of \(length) bytes is over the limit of \(options.maximumEntry); use a smaller batch",
                path: file.path)
        }
        let entry = room(length - (borrowed?.count ?? 0))
        if entry.count > EntryFormat.fixed {
            fill(UnsafeMutableRawBufferPointer(rebasing: entry[EntryFormat.fixed...]))
        }
        EntryFormat.seal(
            entry, borrowed: borrowed, salt: header.salt, number: nextNumber, epoch: epoch, durableBefore: durable,
            time: time, kind: kind,
            level: level, heard: heard, said: said)
        do {
            let bytes = UnsafeRawBufferPointer(entry)
            if let borrowed {
                let split = EntryFormat.fixed + heard
                try file.write([bytes.part(0, split), borrowed, bytes.part(split, bytes.count - split)], at: position)
            } else {
                try file.write(bytes, at: position)
            }
        } catch  where error.code == .noSpace {
            do { try file.truncate(to: position) } catch { throw fail(error) }
            throw error
        } catch {
            throw fail(error)
        }
        let offset = header.base + position
        let appended = AppendedEntry(number: nextNumber, offset: offset, end: offset + UInt64(length))
        position += UInt64(length)
        nextNumber += 1
        statedDurable = durable
        if kind != EntryKind.idle { lastPlainEnd = appended.end }
        shared.withLock { $0.written = appended.end }
        return appended
    }

    /// The head of the scratch buffer, which grows for a large entry and does not stay large.
    private func room(_ length: Int) -> UnsafeMutableRawBufferPointer {
        let kept = 1 << 20
        if length > scratch.count || scratch.count > kept, length <= kept || length > scratch.count {
            var size = 1 << 14
            while size < length { size <<= 1 }
            scratch.deallocate()
            scratch = .allocate(byteCount: size, alignment: 8)
        }
        return UnsafeMutableRawBufferPointer(rebasing: scratch[0..<length])
    }
}
