/// A mark as it was found, and how much of what it says counts: it proves something only where it was written.
///
/// A journal that was copied and put back brings a mark that tells of another file, or of this one at another time. Who
/// believed it would go on in an epoch whose sequences others have heard already. See <doc:JournalFormat>.
struct FoundMark {
    /// How much counts.
    enum Proof: Comparable {
        /// It was written elsewhere: nothing.
        case nothing
        /// It was written here, before this run of the kernel or before somebody else touched it: what was durable.
        case durable
        /// It is what the last writer left: everything.
        case everything
    }

    /// How far the file's own time may be from what the mark says, in microseconds.
    static let tolerance: Int64 = 50_000

    let mark: Mark
    let proof: Proof

    /// What it says was durable, as far as that counts.
    var durable: UInt64 { proof == .nothing ? 0 : mark.durable }

    init(_ mark: Mark, in file: FileIdentity, boot: BootID) {
        self.mark = mark
        guard let place = mark.place else {
            // Version 1 does not say where it was written.
            proof = .durable
            return
        }
        guard place.device == file.device, place.inode == file.inode else {
            proof = .nothing
            return
        }
        let isUntouched = !place.isDated || (file.changed &- place.stated).magnitude <= UInt64(Self.tolerance)
        proof = mark.boot == boot && isUntouched ? .everything : .durable
    }

    /// Reads the mark of a journal. One that is being written right now may look torn, so that is tried again.
    static func read(_ directory: String, _ fileSystem: any FileSystem, boot: BootID) throws(JournalError) -> FoundMark?
    {
        let file: any JournalFile
        do {
            file = try fileSystem.openForReading(directory + "/" + SegmentName.mark)
        } catch  where error.code == .notFound {
            return nil
        }
        for _ in 0..<16 {
            if let mark = Mark(try file.readBytes(at: 0, count: Mark.size)) {
                return FoundMark(mark, in: try file.identity(), boot: boot)
            }
        }
        return nil
    }
}
