internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

/// Journals that the real writer wrote, on a file system in memory.
struct SampleJournal: Sendable {
    static let home = Home("/fuzz")
    static let boot = BootID(bytes: [1, 2, 3])
    static let folder = home.journal(Samples.publisher.text)
    static let mark = folder + "/mark"

    let files: MemoryFileSystem

    /// A journal of some entries, synced and not; in two segments if it is rotated.
    init(rotating: Bool) throws {
        files = MemoryFileSystem()
        let options = JournalOptions(segmentSize: rotating ? 1 : 1 << 20)
        let log = try Self.open(files, options: options)
        for number in UInt64(1)...3 {
            let event = Event(
                topic: Samples.topic, flow: FlowID(uuidBytes: (7, number)), time: Samples.now,
                data: Array("{}".utf8))
            let draft = EntryDraft(
                heard: number == 1 ? Samples.runs : [], said: [event, event],
                knows: number == 2 ? Array(Samples.knowledge.dropFirst().prefix(3)) : [], time: Samples.now)
            _ = try log.append(draft, level: .synced)
            if number == 2 { _ = try log.sync() }
        }
        try log.release(upTo: log.writer.writtenEnd)
        files.kill()
    }

    static func open(
        _ files: MemoryFileSystem, boot: BootID = boot, options: JournalOptions = JournalOptions()
    ) throws -> JournalLog {
        try JournalLog(
            Samples.publisher, home: home, boot: boot, options: options, fileSystem: files, clock: { Samples.now })
    }

    /// What may be read of a journal, as a slot that hears its writer reads it.
    static func readToEnd(_ files: MemoryFileSystem, boot: BootID = boot) throws -> SlotState {
        try FileEngineReader(Samples.publisher, home: home, boot: boot, fileSystem: files).foldToEnd().1
    }

    static func segment(_ base: UInt64) -> String {
        let hex = String(base, radix: 16)
        return folder + "/" + String(repeating: "0", count: 16 - hex.count) + hex + ".seg"
    }

    /// The newest segment and the mark, in parts.
    func parts() throws -> [FuzzPart] {
        let names = try files.list(Self.folder).filter { $0.hasSuffix(".seg") }.sorted()
        let bytes = files.contents(Self.folder + "/" + (names.last ?? "")) ?? []
        let field = { (offset: Int) in
            bytes[offset..<(offset + 4)].reversed().reduce(Int(0)) { $0 << 8 | Int($1) }
        }
        let (length, checkpoint) = (field(12), field(48))
        var parts = [
            FuzzPart(.head, Array(bytes[..<(length - checkpoint)])),
            FuzzPart(.checkpoint, Array(bytes[(length - checkpoint)..<length])),
        ]
        var offset = length
        while offset < bytes.count {
            let end = offset + field(offset + 4)
            let said = offset + 52 + field(offset + 44)
            let knows = said + field(offset + 48)
            parts.append(FuzzPart(.entry, Array(bytes[offset..<(offset + 52)])))
            parts.append(FuzzPart(.heard, Array(bytes[(offset + 52)..<said])))
            try Array(bytes[said..<knows]).withUnsafeBytes { raw in
                try EntryCodec.forEachRecord(in: raw) { record, _ in parts.append(FuzzPart(.record, Array(record))) }
            }
            parts.append(FuzzPart(.knows, Array(bytes[knows..<end])))
            offset = end
        }
        return parts + [FuzzPart(.mark, files.contents(Self.mark) ?? [])]
    }
}
