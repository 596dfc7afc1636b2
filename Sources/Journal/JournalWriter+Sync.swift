extension JournalWriter {
    /// Makes everything that was appended before this call safe from a power loss (`fdatasync`). From any thread.
    ///
    /// - Returns: the global offset below which everything is durable now.
    /// - Throws: `.failed` or `.closed`; any other error is final, since what the disk holds is unknown then: end the
    ///   process; the next start recovers by copying.
    @discardableResult
    package func sync() throws(JournalError) -> UInt64 {
        let result: Result<UInt64, JournalError> = syncing.withLock { _ in
            let (file, written, durable, failure) = shared.withLock { ($0.file, $0.written, $0.durable, $0.failure) }
            if let failure { return .failure(failure) }
            if durable >= written { return .success(durable) }
            do throws(JournalError) { try file.synchronizeData() } catch { return .failure(fail(error)) }
            let (now, cold) = shared.withLock { state in
                state.durable = max(state.durable, written)
                return (state.durable, state.takeCold())
            }
            // A journal is written once and mostly heard from sockets: what it would keep of memory is better given to
            // its next segment. (As PostgreSQL does with its write-ahead log.)
            cold?.adviseUnneeded()
            return .success(now)
        }
        return try result.get()
    }

    /// Lets readers see the entries up to a global offset, an ``AppendedEntry/end``; call it before anything is shown.
    ///
    /// The mark then says how far the journal was written, durable and released. It never goes back.
    /// - Throws: `.invalidArgument` beyond what was appended, `.noSpace` when the mark cannot be written yet (nothing
    ///   was released; try again); any other error is final.
    package func release(upTo offset: UInt64) throws(JournalError) {
        let (written, durable) = try usable()
        guard offset <= written else {
            throw JournalError(
                .invalidArgument, "cannot release up to \(offset): only \(written) was written", path: directory)
        }
        if offset <= mark.released, durable <= mark.durable { return }
        do {
            try mark.update { mark in
                mark.written = max(mark.written, written)
                mark.durable = max(mark.durable, durable)
                mark.released = max(mark.released, offset)
            }
        } catch  where error.code == .noSpace {
            throw error
        } catch {
            throw fail(error)
        }
    }

    /// Syncs, says in an entry of its own and in the mark how far that is, and gives the lock back. A copy of the journal
    /// has no mark that counts, and then the entry tells what was durable. What was not released stays unreleased until the
    /// next start. Calling it again, or after a failure, only gives the lock back.
    ///
    /// - Throws: what ``sync()`` throws; the lock is given back all the same.
    package func close() throws(JournalError) {
        defer { lock.unlock() }
        do { _ = try usable() } catch { return }
        let end = try sync()
        let isAllReleased = mark.released == end
        var last = end
        do { last = try appendIdleMark(time: fileSystem.now())?.end ?? end } catch  where error.code == .noSpace {}
        do {
            try mark.update { mark in
                mark.written = max(mark.written, last)
                mark.durable = max(mark.durable, end)
                if isAllReleased { mark.released = last }
            }
            try mark.synchronize()
        } catch {
            throw fail(error)
        }
        shared.withLock { $0.failure = JournalError(.closed, "the journal was closed; open it again", path: directory) }
    }
}
