/// How a segment file comes into being: whole and synced before it has its name.
enum SegmentFile {
    /// Makes a segment under a temporary name, fills and syncs it, gives it its name, replacing what has it, and syncs
    /// the directory.
    ///
    /// - Throws: `.noSpace` when nothing has changed; after any other error it is unknown whether the segment is there.
    static func create(
        _ directory: String, base: UInt64, fileSystem: any FileSystem,
        beforeRename: () throws(JournalError) -> Void = {},
        fill: (any JournalFile) throws(JournalError) -> Void
    ) throws(JournalError) -> any JournalFile {
        let temporary = directory + "/" + SegmentName.temporary(base)
        let path = directory + "/" + SegmentName.name(base)
        do { try fileSystem.unlink(temporary) } catch  where error.code == .notFound {}
        do throws(JournalError) {
            let file = try fileSystem.createExclusively(temporary)
            try fill(file)
            do { try file.synchronizeData() } catch { throw final(error) }
            try beforeRename()
            try fileSystem.rename(temporary, to: path)
        } catch  where error.code == .noSpace {
            try? fileSystem.unlink(temporary)
            throw error
        }
        do throws(JournalError) {
            try fileSystem.synchronizeDirectory(directory)
            return try fileSystem.openForWriting(path, create: false)
        } catch {
            throw final(error)
        }
    }

    /// An error after which nothing goes on, even if the disk was only full: after a failed sync nothing is known.
    private static func final(_ error: JournalError) -> JournalError {
        var error = error
        if error.code == .noSpace { error.code = .io }
        return error
    }
}
