package import Choreography
internal import Envelope
internal import Journal

/// Checks the journal of a handler that another program wrote, as strictly as those who hear it do, and names each fault.
///
/// What it says and hears is held against the journals that it heard: read before, or it could seem ahead of them.
package struct PeerCheck {
    let publisher: PublisherID
    let home: Home
    package private(set) var entries = 0
    package internal(set) var events = 0
    package private(set) var findings: [PeerFinding] = []

    // What the journal amounts to so far, and what it says of.
    var state = SlotState()
    var sources: [PublisherID: HeardSource] = [:]
    var registration: Registration?
    var declaration: Declaration?
    var identities: Set<String> = []
    /// The epoch that began and of which nothing was said yet.
    private var begun: UInt64?
    private var isFirst = true
    /// The entry that is being checked.
    private var place: (file: String, byte: UInt64) = ("", 0)
    private static let limit = 1000

    private init(_ publisher: PublisherID, _ home: Home) {
        self.publisher = publisher
        self.home = home
    }

    /// Checks a slot's journal. Throws when there is none, or it cannot be read at all.
    package static func run(_ publisher: PublisherID, home: Home) throws -> PeerCheck {
        var check = PeerCheck(publisher, home)
        try EngineError.mapping { try check.run() }
        return check
    }

    private mutating func run() throws {
        let boot = try BootID.current()
        var inspection = try JournalInspection(
            home.journal(publisher.text), name: publisher.text, fileSystem: OSFileSystem(), boot: boot)
        try inspection.files()
        smallFiles()
        // Its heard streams first, then what is there of them, then what it makes of that.
        var topics: [PublisherID: Set<Topic>] = [:]
        var look = inspection
        try look.walk(
            checkpoint: { bytes, _ in
                let state = try? bytes.withUnsafeBytes { try SlotState(checkpoint: $0) }
                for stream in (state?.cursors ?? [:]).keys {
                    topics[stream.publisher, default: []].insert(stream.topic)
                }
            },
            entry: { entry, _, _ in
                guard EntryCodec.isSlotKind(entry.kind) else { return }
                for run in (try? EntryCodec.heard(entry.heard, kind: entry.kind)) ?? [] {
                    topics[run.stream.publisher, default: []].insert(run.stream.topic)
                }
            })
        for (publisher, topics) in topics {
            sources[publisher] = HeardSource(publisher, of: topics, home: home, boot: boot)
        }
        try inspection.walk(
            checkpoint: { bytes, file in
                place = (file, 0)
                checkpoint(bytes)
            },
            entry: { entry, file, byte in
                place = (file, byte)
                take(entry)
            })
        for finding in inspection.findings {
            place = (finding.file, finding.byte)
            note(finding.attribute, finding.reason)
        }
        findings.sort { ($0.file, $0.byte) < ($1.file, $1.byte) }
    }

    mutating func note(_ attribute: String, _ reason: String, topic: String? = nil, sequence: UInt64? = nil) {
        guard findings.count < Self.limit else { return }
        findings.append(
            PeerFinding(
                journal: publisher.text, file: place.file, byte: place.byte, topic: topic, sequence: sequence,
                attribute: attribute, reason: reason))
    }

    mutating func note(_ attribute: String, _ reason: String, on stream: StreamID, _ sequence: UInt64) {
        note(attribute, "\(reason) (heard of \(stream.publisher))", topic: stream.topic.text, sequence: sequence)
    }

    private mutating func smallFiles() {
        place = (home.registrations + "/\(publisher.handler).json", 0)
        do {
            registration = try RegistrationFolder(home: home).read(publisher.handler)
            if registration?.hasBegun == false { note("begun", "it is false, and there is a journal") }
        } catch { note("registration", "\(error)") }
        place = (home.directory + "/\(publisher).json", 0)
        do {
            guard let bytes = try AtomicFile.read(place.file) else { return }
            let record = try DirectoryRecord(json: bytes, of: publisher, path: place.file)
            declaration = record.declaration
            if record.declaration.handler != publisher.handler.text {
                note("declaration", "its handler is '\(record.declaration.handler)'")
            }
            if record.publish.isEmpty || record.replay.isEmpty { note("publish", "it names no endpoints") }
        } catch { note("directory record", "\(error)") }
    }

    // MARK: entries

    private mutating func take(_ entry: EntryView) {
        entries += 1
        isFirst = false
        if entry.kind == EntryKind.epoch { begun = entry.epoch }
        guard EntryCodec.isSlotKind(entry.kind) else { return }
        let items = knows(entry)
        epochRules(entry, items)
        let heard = heard(entry, items)
        said(entry, handled: heard)
        let mine = EngineEntry(
            kind: entry.kind, epoch: entry.epoch, level: .synced, time: Timestamp(microseconds: entry.time),
            heard: entry.heard, said: entry.said, knows: entry.knows)
        state.applyReadable(mine) { _ in }
    }

    private mutating func epochRules(_ entry: EntryView, _ items: [Knowledge]) {
        let epochs = items.compactMap { item -> (UInt64, [Topic: UInt64])? in
            if case .epoch(let epoch, let firsts) = item { (epoch, firsts) } else { nil }
        }
        guard let begun else {
            if let (epoch, _) = epochs.first, epoch != entry.epoch || state.epoch == epoch {
                note("epoch", "item 6 of \(epoch) stands where no epoch begins")
            }
            return
        }
        self.begun = nil
        guard epochs.count == 1, let (epoch, firsts) = epochs.first else {
            return note(
                "epoch", "the first entry of epoch \(begun) has no item 6: those who hear it would never know of it")
        }
        if epoch != begun { note("epoch", "item 6 is of \(epoch), and \(begun) began") }
        if firsts != state.nextSequence {
            for topic in Set(firsts.keys).union(state.nextSequence.keys).sorted()
            where firsts[topic] != state.nextSequence[topic] {
                let (found, due) = (firsts[topic].map(String.init), state.nextSequence[topic].map(String.init))
                note("epoch", "item 6 has \(found ?? "no first"), and \(due ?? "none") is due", topic: topic.text)
            }
        }
        if !entry.heard.isEmpty || !entry.said.isEmpty { note("epoch", "the entry of item 6 hears or says something") }
    }

    /// A checkpoint says the same as all entries before it.
    private mutating func checkpoint(_ bytes: [UInt8]) {
        let found: SlotState
        do { found = try bytes.withUnsafeBytes { try SlotState(checkpoint: $0) } } catch {
            return note("checkpoint", "it cannot be read: \(error)")
        }
        guard !isFirst else {
            state = found
            return
        }
        if found.nextSequence != state.nextSequence {
            note("checkpoint", "its next sequences are not those of the entries")
        }
        for stream in Set(found.cursors.keys).union(state.cursors.keys).sorted() {
            let (mine, due) = (found.cursor(stream), state.cursor(stream))
            if mine.low != due.low || mine.above != due.above {
                note(
                    "checkpoint", "its cursor of \(stream) ends at \(mine.low), and the entries come to \(due.low)",
                    topic: stream.topic.text)
            }
        }
        if Set(found.parks.keys) != Set(state.parks.keys) {
            note("checkpoint", "its parks are not those of the entries")
        }
        if Set(found.deadLetters.keys) != Set(state.deadLetters.keys) {
            note("checkpoint", "its dead letters are not those of the entries")
        }
        state = found
    }
}
