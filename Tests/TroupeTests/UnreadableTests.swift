internal import Choreography
internal import Envelope
internal import Foundation
internal import Journal
internal import Testing

@testable import Troupe

@Suite("What cannot be read of a home") struct UnreadableTests {
    @Test("F4: one flipped byte costs a looker one entry of one journal, and it says which")
    func flippedByte() async throws {
        try await withHome { home in
            let staged = try StagedHome(home)
            let begins = try fill(staged)
            try flip(home, at: Int(begins[1]) + 60)
            let tail = try JournalTail(home: home)
            var seen: [PublisherID: [UInt64]] = [:]
            try tail.poll { publisher, entry in
                entry.forEachReadable(problem: { _ in }) { seen[publisher, default: []].append($0.sequence) }
            }
            #expect(seen[.ingress] == [1, 2, 4])
            #expect(try seen[staged.publisher("other")] == [1])
            let row = try #require(tail.unreadable.first)
            #expect(tail.unreadable.count == 1)
            #expect(row.kind == .journal && row.name == "ingress.0" && row.byte == begins[1])
            #expect(row.file?.hasSuffix("/journals/ingress.0/0000000000000000.seg") ?? false)
            #expect(row.reason == "the entry's checksum does not match." && row.advice.contains("backup"))
            // The state at the end has what comes behind.
            let states = try JournalTail(home: home).begin()
            #expect(try states[.ingress]?.tip(Topic("a")) == 4)
        }
    }

    @Test("F4: a flipped byte in an entry's length is passed over by searching")
    func flippedLength() async throws {
        try await withHome { home in
            let begins = try fill(StagedHome(home))
            try flip(home, at: Int(begins[1]) + 5)
            let tail = try JournalTail(home: home)
            var sequences: [UInt64] = []
            try tail.poll { publisher, entry in
                guard publisher == .ingress else { return }
                entry.forEachReadable(problem: { _ in }) { sequences.append($0.sequence) }
            }
            #expect(sequences == [1, 2, 4])
            #expect(tail.unreadable.map(\.byte) == [begins[1]])
        }
    }

    @Test(
        "F4: whichever byte of a journal or its mark is flipped, a look never throws, and misses nothing without a row")
    func everyByte() async throws {
        try await withHome { home in
            let staged = try StagedHome(home)
            try staged.append("other", EntryDraft(said: [staged.event("b", "x/1", at: 1)], time: StagedHome.start))
            for round in 1...3 {
                let event = try staged.event("a", "f\(round)/1", at: 1)
                try staged.append("ingress", segmentSize: 1, EntryDraft(said: [event], time: StagedHome.start))
            }
            let folder = home.journal("ingress.0")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "lock" }
            #expect(names.count > 2)
            for name in names {
                let file = URL(filePath: folder + "/" + name)
                let whole = try Data(contentsOf: file)
                for byte in stride(from: 0, to: whole.count, by: name == "mark" ? 1 : 3) {
                    var bytes = whole
                    bytes[byte] ^= 0x10
                    try bytes.write(to: file)
                    let tail = try JournalTail(home: home)
                    var (own, others) = (0, 0)
                    try tail.poll { publisher, entry in
                        entry.forEachReadable(problem: { tail.report($0, of: publisher) }) { _ in
                            if publisher == .ingress { own += 1 } else { others += 1 }
                        }
                    }
                    #expect(others == 1, "\(name) \(byte)")
                    #expect(own == 3 || !tail.unreadable.isEmpty, "\(name) \(byte): \(own)")
                    let end = try JournalTail(home: home)
                    let topic = try Topic("a")
                    #expect(try end.begin()[.ingress]?.tip(topic) == 3 || !end.unreadable.isEmpty, "\(name) \(byte)")
                    _ = DeadLetterOffice(home: home).look()
                    #expect(throws: Never.self) { try FlowReader(home: home).trace(FlowID("f2")) }
                }
                try whole.write(to: file)
            }
        }
    }

    @Test("F4: a segment that is gone is a row, and what was live behind it is known")
    func missingSegment() async throws {
        try await withHome { home in
            let staged = try StagedHome(home)
            for round in 1...4 {
                let event = try staged.event("a", "f\(round)/1", at: Double(round))
                try staged.append("ingress", segmentSize: 1, EntryDraft(said: [event], time: StagedHome.start))
            }
            let folder = home.journal("ingress.0")
            let segments = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".seg") }
                .sorted()
            try #require(segments.count == 5)
            try FileManager.default.removeItem(atPath: folder + "/" + segments[2])
            let tail = try JournalTail(home: home)
            var (origins, sequences) = ([UInt64](), [UInt64]())
            let topic = try Topic("a")
            try tail.poll(origin: { origins.append($1.tip(topic)) }) { _, entry in
                entry.forEachReadable(problem: { _ in }) { sequences.append($0.sequence) }
            }
            #expect(sequences == [1, 3, 4])
            #expect(origins == [0, 2])
            #expect(tail.unreadable.map(\.kind) == [.journal])
        }
    }

    @Test("S2: a record that states a derived attribute is a row with its place and attribute, and the others are read")
    func illFormedRecord() async throws {
        try await withHome { home in
            let staged = try StagedHome(home)
            try staged.register("oven", "a")
            let bad = try Self.foreignRecord(staged.event("a", "bad/1", at: 1), sequence: 2)
            var said: [UInt8] = []
            for (id, sequence) in [("one", UInt64(1)), ("three", 3)] {
                var event = try staged.event("a", "\(id)/1", at: 1)
                event.sequence = sequence
                if sequence == 3 { said += bad }
                EventRecord.encode(event, into: &said)
            }
            try staged.appendRaw("ingress", said: said)
            let found = UnreadableList()
            let trace = try #require(try FlowReader(home: home).trace(FlowID("three"), note: found.add))
            #expect(trace.steps.count == 1)
            let flows = try FlowSurvey.find(in: home, topic: Topic("a"), since: nil, note: found.add)
            #expect(Set(flows.map(\.flow.text)).isSuperset(of: ["one", "three"]))
            #expect(try FlowReader(home: home).trace(FlowID("bad"), note: found.add) == nil)
            let row = try #require(found.rows.first { $0.kind == .record })
            #expect(row.name == "ingress.0" && row.topic == "a" && row.sequence == 2)
            #expect(row.attribute == "datacontenttype" && row.byte != nil)
        }
    }

    @Test("S2: heard and known sections that are malformed under a good checksum are rows", arguments: [true, false])
    func malformedSections(_ isHeard: Bool) async throws {
        try await withHome { home in
            let staged = try StagedHome(home)
            try staged.append("oven", EntryDraft(heard: [staged.run("ingress", "a")], time: StagedHome.start))
            try staged.appendRaw("oven", heard: isHeard ? [1, 2, 3] : [], knows: isHeard ? [] : [31, 0, 0, 0, 0])
            let tail = try JournalTail(home: home)
            let states = try tail.begin()
            #expect(states[try staged.publisher("oven")]?.cursors.count == 1)
            #expect(tail.unreadable.map(\.kind) == [.entry])
            #expect(tail.unreadable[0].reason.contains(isHeard ? "'heard'" : "'knows'"))
            // What the handler may have said there is not told as if it were known.
            try staged.register("oven", "a")
            for flow in ["f1/1", "f2/1"] {
                try staged.append("ingress", EntryDraft(said: [staged.event("a", flow, at: 1)], time: StagedHome.start))
            }
            let reader = FlowReader(home: home)
            #expect(try reader.trace(FlowID("f1"))?.isSettled == true)
            let trace = try #require(try reader.trace(FlowID("f2")))
            #expect(trace.outstanding.map(\.kind) == ["unknown"] && trace.unreadable.map(\.kind) == [.entry])
            #expect(trace.lines().last?.contains("unreadable  an entry of journal oven.0 at byte ") ?? false)
        }
    }

    @Test("S2: a dead letter that is no event is listed, retried and dropped")
    func undecodableDeadLetter() async throws {
        try await withHome { home in
            let staged = try StagedHome(home)
            let event = try staged.event("a", "bad/1", at: 1)
            let letters = try [event: UInt64(1), staged.event("a", "good/1", at: 2): 2].map { event, sequence in
                var record: [UInt8] = []
                EventRecord.encode(event, into: &record)
                if sequence == 1 { record = try Self.foreignRecord(event, sequence: 1) }
                return DeadLetter(
                    position: try staged.position("ingress", "a", sequence), time: StagedHome.start, attempts: 5,
                    error: "no", record: record)
            }
            try staged.append("oven", EntryDraft(knows: letters.map { .dead($0) }, time: StagedHome.start))
            let office = DeadLetterOffice(home: home)
            let (found, unreadable) = office.look()
            #expect(found.map(\.flow?.text) == ["bad", "good"] && unreadable == [])
            #expect(found[0].event == nil && found[0].topic.text == "a")
            let row = try #require(found[0].unreadable)
            #expect(row.kind == .deadLetter && row.attribute == "datacontenttype" && row.sequence == 1)
            #expect(found[1].unreadable == nil)
            let oven = try staged.publisher("oven")
            #expect(try FlowSurvey.failed(in: home, since: nil).map(\.text).sorted() == ["bad", "good"])
            // A retry gives nothing up: the handler takes it in hand again, and it becomes a dead letter again.
            #expect(try office.carryOut(.retry, [found[0].letter.position], of: oven) == 1)
            let state = try #require(try JournalTail(home: home).begin()[oven])
            #expect(state.parks.values.map(\.record) == [found[0].letter.record] && state.deadLetters.count == 1)
            try staged.append(
                "oven",
                EntryDraft(knows: [.unpark(found[0].letter.position), .dead(found[0].letter)], time: StagedHome.start))
            #expect(try office.carryOut(.drop, [found[0].letter.position], of: oven) == 1)
            #expect(office.look().letters.map(\.flow?.text) == ["good"])
        }
    }

    @Test("F4: registrations and directory records that cannot be read are rows")
    func smallFiles() async throws {
        try await withHome { home in
            let staged = try StagedHome(home)
            try staged.register("oven", "a")
            try Data("{".utf8).write(to: URL(filePath: home.registrations + "/stove.json"))
            try Data([0xFF, 0, 1]).write(to: URL(filePath: home.directory + "/oven.0.json"))
            try Data().write(to: URL(filePath: home.directory + "/x.json"))
            let look = HomeLook(home)
            #expect(look.registrations.map(\.handler.text) == ["oven"])
            #expect(look.unclear.map(\.text) == ["stove"])
            #expect(look.publishers.map(\.text) == ["oven.0"])
            #expect(look.unreadable.map(\.kind) == [.registration, .directoryRecord, .directoryRecord])
            for row in look.unreadable { #expect(!row.reason.isEmpty && !row.advice.isEmpty && row.file != nil) }
        }
    }

    @Test("S1: what a consumer heard beyond the end of a journal is shown, unless a newer epoch explains it")
    func unknown() async throws {
        try await withHome { home in
            let staged = try StagedHome(home)
            try staged.register("oven", "a")
            let event = try staged.event("a", "f/1", at: 1)
            try staged.append("ingress", EntryDraft(said: [event], time: StagedHome.start))
            let run = try HeardRun(
                StreamID(.ingress, Topic("a")), epoch: StagedHome.epoch, range: 1...3, outcome: .handled)
            try staged.append("oven", EntryDraft(heard: [run], time: StagedHome.start))
            let oven = try HandlerName("oven")
            let unknown = try #require(try HandlerBacklog.all(in: home)[oven]).unknown
            #expect(unknown.map(\.heard) == [3] && unknown.map(\.end) == [1])
            #expect(
                unknown.first?.text.hasPrefix("unknown: oven heard up to 3 of a, and the journal ingress.0 ends at 1;")
                    ?? false)
            try staged.append(
                "ingress",
                EntryDraft(knows: [.epoch(StagedHome.epoch + 1, firsts: [Topic("a"): 2])], time: StagedHome.start))
            #expect(try HandlerBacklog.all(in: home)[oven]?.unknown == [])
        }
    }

    // MARK: parts

    /// Four events of ingress, each in an entry of its own, and one of another handler. Returns where the entries of
    /// ingress begin.
    private func fill(_ staged: StagedHome) throws -> [UInt64] {
        try staged.append(
            "other", EntryDraft(said: [staged.event("b", "x/1", at: 1)], time: StagedHome.start))
        try staged.append(
            "ingress",
            try (1...4).map { EntryDraft(said: [try staged.event("a", "f\($0)/1", at: 1)], time: StagedHome.start) })
        let reader = try JournalReader(
            staged.home.journal("ingress.0"), fileSystem: OSFileSystem(), boot: BootID.current())
        var begins: [UInt64] = []
        _ = try reader.read(from: reader.start(), upTo: reader.end(), maxBytes: .max) { view in
            if !view.said.isEmpty { begins.append(view.offset) }
            return true
        }
        return [begins[1], begins[2]]
    }

    private func flip(_ home: Home, at byte: Int) throws {
        let file = URL(filePath: home.journal("ingress.0") + "/0000000000000000.seg")
        var bytes = try Data(contentsOf: file)
        bytes[byte] ^= 0x10
        try bytes.write(to: file)
    }

    /// A record with a good checksum that states what would be derived.
    static func foreignRecord(_ event: Event, sequence: UInt64) throws -> [UInt8] {
        var event = event
        event.sequence = sequence
        // Another content type of the same length gives way to the derived one.
        event.dataContentType = "application/jsoN"
        var record: [UInt8] = []
        EventRecord.encode(event, into: &record)
        let place = try #require(record.firstRange(of: Array("application/jsoN".utf8)))
        record.replaceSubrange(place, with: Array("application/json".utf8))
        EventRecord.stamp(sequence: sequence, in: &record, at: 0)
        return record
    }
}

extension StagedHome {
    /// Appends sections as they are, under a good checksum: what no peer of this version writes.
    func appendRaw(_ handler: String, heard: [UInt8] = [], said: [UInt8] = [], knows: [UInt8] = []) throws {
        let log = try JournalLog(
            publisher(handler), home: home, boot: BootID.current(), options: JournalOptions(), clock: { Self.start })
        _ = try log.writer.append(
            kind: EntryCodec.kind, level: Durability.synced.rawValue, time: Self.start.microseconds, heard: heard,
            said: said, knows: knows)
        try log.close()
    }
}
