internal import Glibc
internal import Synchronization

/// The one writer of a journal: appends entries, makes them durable, releases them to readers.
///
/// Open it with ``open(_:name:fileSystem:boot:now:options:newEpoch:restore:replay:)``. One thread at a time uses it,
/// except that ``sync()``, ``writtenEnd``, ``durableEnd`` and ``releasedEnd`` may be used from any thread meanwhile.
// @unchecked: the plain properties belong to the one appending thread; what other threads touch is behind a mutex.
package final class JournalWriter: @unchecked Sendable {
    /// The directory of the journal.
    package let directory: String
    /// The name that the journal was made with.
    package let name: String
    /// The epoch of every entry that this writer appends.
    package let epoch: UInt64

    let fileSystem: any FileSystem
    let options: JournalOptions
    private(set) var lock: any FileLock
    let mark: MarkFile

    // The appending thread's.
    var file: any JournalFile
    var header: SegmentHeader
    /// The file offset at which the next entry goes.
    var position: UInt64
    var nextNumber: UInt64
    /// The durable offset that a reader of the disk would find stated.
    var statedDurable: UInt64
    /// The end of the last entry that is not an idle mark.
    var lastPlainEnd: UInt64
    var scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 14, alignment: 8)

    // Everyone's.
    let shared: Mutex<WriterState>
    /// One sync at a time: the kernel reports a failed write-back to one of two concurrent calls only.
    let syncing = Mutex<Void>(())

    init(_ recovered: RecoveredJournal, directory: String, name: String, options: JournalOptions, lock: any FileLock) {
        self.directory = directory
        self.name = name
        self.options = options
        self.lock = lock
        fileSystem = recovered.fileSystem
        epoch = recovered.report.epoch
        mark = recovered.mark
        file = recovered.file
        header = recovered.header
        position = recovered.position
        nextNumber = recovered.report.entries
        statedDurable = recovered.statedDurable
        lastPlainEnd = recovered.lastPlainEnd
        let end = recovered.header.base + recovered.position
        shared = Mutex(WriterState(file: recovered.file, written: end, durable: end))
    }

    deinit {
        scratch.deallocate()
        lock.unlock()
    }

    /// The global offset after the last appended entry. From any thread.
    package var writtenEnd: UInt64 { shared.withLock { $0.written } }

    /// The global offset below which everything is safe from a power loss. From any thread.
    package var durableEnd: UInt64 { shared.withLock { $0.durable } }

    /// The global offset up to which readers may read. From any thread.
    package var releasedEnd: UInt64 { mark.released }

    /// When the newest segment was begun, in microseconds since 1970.
    package var segmentCreated: Int64 { header.created }

    /// Whether the newest segment holds any entry.
    package var segmentIsEmpty: Bool { position <= header.length }

    /// The global offset at which the oldest segment begins.
    package func begin() throws(JournalError) -> UInt64 {
        SegmentName.bases(try fileSystem.list(directory)).first ?? header.base
    }

    /// The number that the next entry will have.
    package var nextEntryNumber: UInt64 { nextNumber }

    /// Whether the segment has reached its size: ``rotate(checkpoint:time:)`` when it suits.
    ///
    /// It holds as many bytes of entries as its checkpoint has, or a large checkpoint would be written again for each entry.
    /// A segment of an older version wants it at once: what is appended is of this one.
    package var wantsRotation: Bool {
        header.version < SegmentHeader.version
            || position >= max(UInt64(clamping: options.segmentSize), 2 * header.length)
    }

    /// Gives the lock up for others to append meanwhile; ``resume()`` takes it again.
    ///
    /// - Precondition: everything that was appended was released.
    package func suspend() {
        precondition(mark.released == writtenEnd, "what was appended must be released before others may append")
        lock.unlock()
    }

    /// Takes the lock again. Returns false, without it, if anybody appended, recovered or rotated meanwhile: then this
    /// writer is of no use any more, and the journal must be opened anew.
    ///
    /// - Throws: `.locked` while another process has the lock; `.failed` and `.closed` as every call.
    package func resume() throws(JournalError) -> Bool {
        _ = try usable()
        lock = try fileSystem.lock(directory + "/" + SegmentName.lock, note: "\(getpid())")
        do throws(JournalError) {
            // Not even a part of an entry whose writer died lies behind what is known.
            if let found = try FoundMark.read(directory, fileSystem, boot: mark.current.boot),
                found.mark.says(mark.current),
                found.proof == .everything, file.isStill(at: file.path),
                try file.size() == position, SegmentName.bases(try fileSystem.list(directory)).last == header.base
            {
                return true
            }
        } catch {
            lock.unlock()
            throw error
        }
        lock.unlock()
        return false
    }

    /// The written and durable offsets; throws if the journal failed or was closed.
    func usable() throws(JournalError) -> (written: UInt64, durable: UInt64) {
        let (written, durable, failure) = shared.withLock { ($0.written, $0.durable, $0.failure) }
        if let failure { throw failure }
        return (written, durable)
    }

    /// Ends the use of this journal for good, leaves the evidence in the mark, and gives back the error to throw.
    func fail(_ error: JournalError) -> JournalError {
        let first = shared.withLock { state in
            if state.failure != nil { return false }
            state.failure = JournalError(
                .failed, "the journal failed (\(error)); end this process and start it again, which recovers",
                path: error.path, errno: error.errno)
            return true
        }
        if first { mark.condemn(fileSystem) }
        var error = error
        // A full disk reported by a sync is no refusal that the journal survives.
        if error.code == .noSpace { error.code = .io }
        return error
    }
}
