internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

extension FuzzTarget {
    /// A segment and its mark, opened as a slot does: read at rest, recovered, appended to, opened again.
    static let journal = journal("journal", share: 2) { _ in true }

    /// The same, with only the mark changed.
    static let mark = journal("mark", share: 2) { $0 == .mark || $0 == .raw }

    /// What a slot that was recovered from an input holds.
    private struct Recovered {
        let files: MemoryFileSystem
        let boot: BootID
        let log: JournalLog
    }

    private static func journal(
        _ name: String, share: Int, mutates: @escaping @Sendable (FuzzPart.Role) -> Bool
    ) -> FuzzTarget {
        FuzzTarget(
            name, share: share, seeds: journalSeeds, mutates: mutates,
            decode: { parts in
                let (files, boot) = files(parts)
                // It has its own reasons to refuse; what matters is that it gives one.
                do { _ = try SampleJournal.readToEnd(files, boot: boot) } catch  where isTyped(error) {}
                return Recovered(files: files, boot: boot, log: try SampleJournal.open(files, boot: boot))
            },
            check: { recovered, _ in
                let log = recovered.log
                let draft = EntryDraft(heard: Samples.runs, knows: [.unpark(Samples.position(4))], time: Samples.now)
                _ = try log.append(draft, level: .synced)
                try log.close()
                let state = log.state.checkpoint()
                guard try SampleJournal.readToEnd(recovered.files, boot: recovered.boot).checkpoint() == state else {
                    throw FuzzFinding("a reader does not see what the writer of the journal knows")
                }
                let again = try SampleJournal.open(recovered.files, boot: recovered.boot)
                guard again.state.checkpoint() == state, again.report.cutBytes == 0 else {
                    throw FuzzFinding("opened again, the journal holds something else: \(again.report)")
                }
            })
    }

    private static let journalSeeds: [[FuzzPart]] = {
        do {
            return try [false, true].map { rotating in
                // The first byte says with which evidence the journal is opened.
                [FuzzPart(.raw, [0])] + (try SampleJournal(rotating: rotating).parts())
            }
        } catch {
            fatalError("the journals to begin with cannot be written: \(error)")
        }
    }()

    /// The files that an input stands for, and the boot in which they are opened.
    private static func files(_ parts: [FuzzPart]) -> (MemoryFileSystem, BootID) {
        let evidence = parts.first { $0.role == .raw }?.bytes.first ?? 0
        let segment = parts.filter { $0.role != .raw && $0.role != .mark }.joined
        // The file's name says where the segment begins; it and the header mostly agree.
        let base = segment.count < 24 ? 0 : segment[16..<24].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let files = MemoryFileSystem()
        do { try files.makeDirectories(SampleJournal.folder) } catch { fatalError("\(error)") }
        files.setContents(SampleJournal.segment(evidence & 4 == 0 ? base : 0), segment)
        if evidence & 2 == 0 { files.setContents(SampleJournal.mark, parts.filter { $0.role == .mark }.joined) }
        return (files, evidence & 1 == 0 ? SampleJournal.boot : BootID(bytes: [9]))
    }

    /// What others ask a journal for: any topics, positions and places, of the real reader.
    static let replay = FuzzTarget(
        "replay", share: 4, seeds: [[FuzzPart(.message, ReplayCodec.encode(Samples.request))]],
        decode: { parts in
            let request = try parts.joined.withUnsafeBytes { try ReplayCodec.request($0) }
            let follower = try LogFollower(
                Samples.publisher, home: SampleJournal.home, boot: SampleJournal.boot, fileSystem: replayed.files)
            return try follower.answer(request)
        },
        check: { page, _ in
            let bytes = ReplayCodec.encode(page, publisher: Samples.publisher)
            _ = try bytes.withUnsafeBytes { try ReplayCodec.page($0) }
        })

    private static let replayed: SampleJournal = {
        do { return try SampleJournal(rotating: true) } catch { fatalError("\(error)") }
    }()
}
