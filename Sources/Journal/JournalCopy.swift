internal import Envelope

/// Copies a journal, which others may be writing, up to one of its entries.
///
/// The copy has no mark: that of another place proves nothing. Instead its last entry, an idle one, says that all before it
/// is durable, so that the copy is read to its end wherever it lies. Its next writer begins a new epoch.
package enum JournalCopy {
    /// What was copied.
    package struct Report: Hashable, Sendable {
        package var segments = 0
        package var bytes: UInt64 = 0
    }

    /// Copies the segments up to a global offset at which an entry ends, and makes them durable.
    ///
    /// - Parameters:
    ///   - target: a directory that is made, and must not be there.
    ///   - now: microseconds since 1970; only recorded.
    /// - Throws: `.corrupt` where the journal is not whole up to `end`; `.alreadyExists`; `.noSpace`, `.io`.
    package static func copy(
        _ directory: String, upTo end: UInt64, to target: String, fileSystem: any FileSystem, now: Int64
    ) throws(JournalError) -> Report {
        guard (try? fileSystem.list(target)) == nil else {
            throw JournalError(.alreadyExists, "is there already; name another folder, or remove it", path: target)
        }
        try fileSystem.makeDirectories(target)
        var report = Report()
        let bases = SegmentName.bases(try fileSystem.list(directory)).filter { $0 < end }
        for (index, base) in bases.enumerated() {
            let next = index + 1 < bases.count ? bases[index + 1] : end
            let source: any JournalFile
            do { source = try fileSystem.openForReading(directory + "/" + SegmentName.name(base)) } catch
                where error.code == .notFound && report.segments == 0
            {
                continue  // Its writer removed it meanwhile, as it removes the oldest.
            }
            let header = try SegmentHeader.read(source, base: base)
            let file = try fileSystem.createExclusively(target + "/" + SegmentName.name(base))
            try copy(source, next - base, to: file)
            let scan = try SegmentScan(file, header, size: next - base)
            guard scan.end == next - base, try header.checkpoint(file).count == header.checkpointLength else {
                throw SegmentHeader.corrupt(source, scan.flaw?.description ?? "it ends too early", at: scan.end)
            }
            if next == end { try close(file, header, scan, at: end, now: now) }
            try file.synchronizeData()
            report.segments += 1
            report.bytes += next - base
        }
        try fileSystem.synchronizeDirectory(target)
        return report
    }

    private static func copy(
        _ source: any JournalFile, _ count: UInt64, to file: any JournalFile
    ) throws(JournalError) {
        var at: UInt64 = 0
        while at < count {
            let part = try source.readBytes(at: at, count: Int(min(1 << 20, count - at)))
            guard !part.isEmpty else {
                throw SegmentHeader.corrupt(source, "the file ends, and more was released", at: at)
            }
            try file.write(part, at: at)
            at += UInt64(part.count)
        }
    }

    /// Appends the entry that says how far the copy is durable.
    private static func close(
        _ file: any JournalFile, _ header: SegmentHeader, _ scan: SegmentScan, at end: UInt64, now: Int64
    ) throws(JournalError) {
        var bytes = [UInt8](repeating: 0, count: EntryFormat.fixed)
        bytes.withUnsafeMutableBytes { buffer in
            EntryFormat.seal(
                buffer, salt: header.salt, number: scan.nextNumber, epoch: scan.epoch, durableBefore: end, time: now,
                kind: EntryKind.idle, level: 2, heard: 0, said: 0)
        }
        try file.write(bytes, at: end - header.base)
    }
}
