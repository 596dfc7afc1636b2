internal import Choreography
internal import Envelope
internal import Foundation
internal import Journal
internal import Testing

@testable internal import Troupe

/// Each fault of a handler that another program wrote is found, and named by what is wrong.
@Suite struct PeerCheckTests {
    private typealias Raw = ForeignHome.Raw

    private func withForeign(_ body: (ForeignHome) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "peer-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(ForeignHome(Home(folder.path)))
    }

    @Test("a journal as the articles say is taken") func good() throws {
        try withForeign { foreign in
            try foreign.write([
                Raw(heard: [foreign.heard(1...1)], said: foreign.record(foreign.effect(1, sequence: 1))),
                Raw(heard: [foreign.heard(2...2, .parked)], knows: [foreign.park(2)]),
                Raw(said: foreign.record(foreign.effect(2, sequence: 2)), knows: [.unpark(foreign.position(2))]),
                Raw(heard: [foreign.heard(3...3, .dead)], knows: [foreign.dead(3)]),
                Raw(knows: [.undead(foreign.position(3)), foreign.park(3)]),
                // Tags above 32 decide nothing, and need not be known.
                Raw(
                    knows: [.unpark(foreign.position(3)), foreign.dead(3), .closed],
                    more: ([], [77, 2, 0, 0, 0, 1, 2])),
            ])
            let check = try PeerCheck.run(foreign.scribe, home: foreign.home)
            #expect(check.findings == [])
            #expect(check.events == 2)
            // Its last entry is the idle one that ends it in order; the first begins the epoch.
            #expect(check.entries == 9)
        }
    }

    /// A fault in what is said, heard or known.
    struct Fault: Sendable, CustomTestStringConvertible {
        let title: String
        let attribute: String
        let entries: @Sendable (ForeignHome) throws -> [ForeignHome.Raw]
        var testDescription: String { title }

        init(
            _ title: String, _ attribute: String,
            _ entries: @escaping @Sendable (ForeignHome) throws -> [ForeignHome.Raw]
        ) {
            (self.title, self.attribute, self.entries) = (title, attribute, entries)
        }

        /// A fault in the one event that is said.
        static func said(
            _ title: String, _ attribute: String, _ change: @escaping @Sendable (ForeignHome) -> Event
        ) -> Fault {
            Fault(title, attribute) { foreign in
                [Raw(heard: [foreign.heard(1...1)], said: foreign.record(change(foreign)))]
            }
        }
    }

    static let faults: [Fault] = [
        // Said.
        Fault("an attribute that would be derived is stated", "datacontenttype") { foreign in
            var event = foreign.effect(1, sequence: 1)
            event.dataContentType = "application/jsoN"
            var record = foreign.record(event)
            let place = record.firstRange(of: Array("application/jsoN".utf8))!
            record.replaceSubrange(place, with: Array("application/json".utf8))
            EventRecord.stamp(sequence: 1, in: &record, at: 0)
            return [Raw(heard: [foreign.heard(1...1)], said: record)]
        },
        Fault("a record's checksum is wrong", "record") { foreign in
            var record = foreign.record(foreign.effect(1, sequence: 1))
            record[record.count - 1] ^= 1
            return [Raw(heard: [foreign.heard(1...1)], said: record)]
        },
        Fault("a record's bucket is wrong", "bucket") { foreign in
            var record = foreign.record(foreign.effect(1, sequence: 1))
            record[10] ^= 1
            EventRecord.stamp(sequence: 1, in: &record, at: 0)
            return [Raw(heard: [foreign.heard(1...1)], said: record)]
        },
        Fault("a record goes beyond its section", "length") { foreign in
            [Raw(heard: [foreign.heard(1...1)], said: Array(foreign.record(foreign.effect(1, sequence: 1)).dropLast()))]
        },
        .said("a sequence is left out", "sequence") { $0.effect(1, sequence: 2) },
        Fault("a sequence stands twice", "sequence") { foreign in
            [
                Raw(heard: [foreign.heard(1...1)], said: foreign.record(foreign.effect(1, sequence: 1))),
                Raw(heard: [foreign.heard(2...2)], said: foreign.record(foreign.effect(2, sequence: 1))),
            ]
        },
        Fault("an event is said again", "id") { foreign in
            [
                Raw(heard: [foreign.heard(1...1)], said: foreign.record(foreign.effect(1, sequence: 1))),
                Raw(heard: [foreign.heard(2...2)], said: foreign.record(foreign.effect(1, sequence: 2))),
            ]
        },
        .said("an effect's index is not the next", "serial") { $0.effect(1, sequence: 1, index: 2) },
        .said("an effect's cause is handled elsewhere", "serial") { $0.effect(2, sequence: 1) },
        .said("an effect is named by another handler", "serial") { foreign in
            var event = foreign.effect(1, sequence: 1)
            event.serial = Serial.root.child(handler: HandlerName(unchecked: "other"), index: 1)
            return event
        },
        .said("an effect has its cause's traceparent", "traceparent") { foreign in
            var event = foreign.effect(1, sequence: 1)
            event.traceparent = foreign.roots[0].traceparent
            return event
        },
        .said("an effect drops the tracestate", "tracestate") { foreign in
            var event = foreign.effect(1, sequence: 1)
            event.traceState = nil
            return event
        },
        .said("an effect drops the context", "context") { foreign in
            var event = foreign.effect(1, sequence: 1)
            event.context = [:]
            return event
        },
        // Heard.
        Fault("a run is heard twice", "range") { [Raw(heard: [$0.heard(1...2)]), Raw(heard: [$0.heard(2...3)])] },
        Fault("more is heard than was said", "range") { [Raw(heard: [$0.heard(1...9)])] },
        Fault("a run lies far above the low mark", "range") { [Raw(heard: [$0.heard(9000...9000)])] },
        Fault("a run of an epoch that its publisher never had", "epoch") { foreign in
            let run = foreign.heard(1...1)
            return [Raw(heard: [HeardRun(run.stream, epoch: run.epoch + 9, range: run.range, outcome: .handled)])]
        },
        Fault("a run of no epoch", "epoch") {
            [Raw(heard: [HeardRun($0.stream, epoch: 0, range: 1...1, outcome: .handled)])]
        },
        Fault("another event was heard", "checksum") { foreign in
            var run = foreign.heard(1...1)
            run.checksum ^= 1
            return [Raw(heard: [run])]
        },
        Fault("a topic that it is not registered for", "topic") { foreign in
            let other = StreamID(.ingress, Topic(unchecked: "t.other"))
            return [Raw(heard: [HeardRun(other, epoch: foreign.asked, range: 1...1, outcome: .handled)])]
        },
        Fault("a publisher that there is not", "publisher") { foreign in
            let nobody = PublisherID(handler: HandlerName(unchecked: "nobody"), slot: 0)
            return [
                Raw(heard: [
                    HeardRun(
                        StreamID(nobody, foreign.stream.topic), epoch: foreign.asked, range: 1...1, outcome: .handled)
                ])
            ]
        },
        Fault("a run that ends early", "heard") { _ in [Raw(more: ([9, 0x69], []))] },
        Fault("a run without its checksum, as version 1 had it", "heard") { foreign in
            [Raw(more: (EntryCodec.encode(heard: [foreign.heard(1...1)]).dropLast(4), []))]
        },
        Fault("parked, and nothing holds it", "outcome") { [Raw(heard: [$0.heard(1...1, .parked)])] },
        Fault("dead, and nothing holds it", "outcome") { [Raw(heard: [$0.heard(1...1, .dead)])] },
        // Known.
        Fault("an item that has no meaning", "knows") { _ in [Raw(more: ([], [25, 0, 0, 0, 0]))] },
        Fault("an item with bytes too many", "knows") { _ in [Raw(more: ([], [9, 1, 0, 0, 0, 7]))] },
        Fault("a park of what was not heard", "park") { [Raw(knows: [$0.park(1)])] },
        Fault("a park of another key", "key") { foreign in
            [Raw(heard: [foreign.heard(1...1, .parked)], knows: [foreign.park(1, key: "another")])]
        },
        Fault("a park that holds another event", "record") { foreign in
            let park = Park(
                position: foreign.position(1), reason: .retry, due: WallClock.now(), attempts: 1, key: "key-1",
                error: "",
                record: foreign.record(foreign.roots[1]))
            return [Raw(heard: [foreign.heard(1...1, .parked)], knows: [.park(park)])]
        },
        Fault("an unpark of what is not parked", "unpark") { [Raw(knows: [.unpark($0.position(1))])] },
        Fault("a dead letter of what was not heard", "dead letter") { [Raw(knows: [$0.dead(1)])] },
        Fault("a dead letter that is none is gone", "dead letter gone") { [Raw(knows: [.undead($0.position(1))])] },
        Fault("a cursor is set back", "cursor") { foreign in
            [Raw(heard: [foreign.heard(1...2)]), Raw(knows: [.cursor(foreign.stream, epoch: foreign.asked, low: 1)])]
        },
        Fault("lost, and no epoch says so", "lost") { foreign in
            [Raw(heard: [foreign.heard(1...2)]), Raw(knows: [.lost(foreign.stream, epoch: foreign.asked, low: 1)])]
        },
        Fault("an epoch where none begins", "epoch") { _ in [Raw(knows: [.epoch(7, firsts: [:])])] },
        // The entry.
        Fault("a kind that has no meaning", "kind") { _ in [Raw(kind: 99)] },
        Fault("a kind of version 1", "kind") { _ in [Raw(kind: 16)] },
        Fault("a level that is none", "level") { _ in [Raw(level: 7)] },
    ]

    @Test("each fault of an entry is found, and named", arguments: faults)
    func entry(_ fault: Fault) throws {
        try withForeign { foreign in
            try foreign.write(try fault.entries(foreign))
            let findings = try foreign.findings()
            let found = findings.filter { $0.attribute == fault.attribute }
            #expect(!found.isEmpty, "\(findings.map(\.text))")
            for finding in found {
                #expect(
                    finding.journal == "scribe.0" && finding.file.hasSuffix("/journals/scribe.0/0000000000000000.seg"))
                // Behind the header, and the entries that begin the epoch.
                #expect(finding.byte > 140, "\(finding.text)")
                #expect(
                    finding.text.contains("at byte \(finding.byte) of")
                        && finding.text.contains(": \(fault.attribute): "))
            }
        }
    }

    @Test("the beginning of an epoch") func epochs() throws {
        try withForeign { foreign in
            try foreign.write(isMute: true, [Raw(heard: [foreign.heard(1...1)])])
            #expect(try foreign.findings().map(\.attribute) == ["epoch"])
        }
        try withForeign { foreign in
            try foreign.write(firsts: [Topic(unchecked: "t.done"): 4], [])
            let findings = try foreign.findings()
            #expect(findings.map(\.attribute) == ["epoch"] && findings.first?.topic == "t.done", "\(findings)")
        }
    }

    @Test("a checkpoint that is not what its entries come to") func checkpoint() throws {
        try withForeign { foreign in
            var state = SlotState()
            state.hear(foreign.heard(1...3))
            try foreign.write(
                checkpoint: state.checkpoint(),
                [Raw(heard: [foreign.heard(1...1)]), Raw(heard: [foreign.heard(2...2)])])
            #expect(try foreign.findings().contains { $0.attribute == "checkpoint" && $0.topic == "t.asked" })
        }
    }

    @Test(
        "a mark's faults",
        arguments: [
            ("checksum", 40, false), ("flags", 10, true), ("reserved", 12, true), ("written", 44, true),
            ("durable", 52, true), ("released", 60, true), ("device", 64, true), ("inode", 72, true),
            ("time", 82, true),
        ])
    func mark(_ attribute: String, _ byte: Int, isSealed: Bool) throws {
        try withForeign { foreign in
            try foreign.write([Raw(heard: [foreign.heard(1...1)])])
            #expect(try foreign.findings() == [])
            try foreign.change("mark") { bytes in
                bytes[byte] ^= 4
                guard isSealed else { return }
                let checksum = bytes[..<88].withUnsafeBytes { CRC32C.checksum($0) }
                for index in 0..<4 { bytes[88 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index)) }
            }
            let findings = try foreign.findings()
            #expect(
                findings.contains { $0.attribute == attribute && $0.file.hasSuffix("/mark") }, "\(findings.map(\.text))"
            )
        }
    }

    @Test("files that are missing, or should not be there") func files() throws {
        let folder = FileManager.default
        try withForeign { foreign in
            try foreign.write([Raw(heard: [foreign.heard(1...1)])])
            let journal = foreign.home.journal("scribe.0")
            try Data().write(to: URL(filePath: journal + "/notes.txt"))
            try folder.removeItem(atPath: journal + "/lock")
            try folder.removeItem(atPath: foreign.home.registrations + "/scribe.json")
            #expect(Set(try foreign.findings().map(\.attribute)) == ["name", "lock", "registration"])
        }
        try withForeign { foreign in
            try foreign.write([Raw(heard: [foreign.heard(1...1)])])
            try folder.removeItem(atPath: foreign.home.journal("scribe.0") + "/mark")
            #expect(try foreign.findings().contains { $0.attribute == "mark" })
            try Data(#"{"publisher":"scribe.0"}"#.utf8).write(
                to: URL(filePath: foreign.home.directory + "/scribe.0.json"))
            #expect(try foreign.findings().contains { $0.attribute == "directory record" })
        }
    }

    @Test("an entry that is damaged below the released end") func damage() throws {
        try withForeign { foreign in
            try foreign.write([Raw(heard: [foreign.heard(1...1)]), Raw(heard: [foreign.heard(2...2)])])
            // The mark still says what was released, and its time is kept by writing nothing to it.
            try foreign.change("0000000000000000.seg") { $0[$0.count - 60] ^= 1 }
            let findings = try foreign.findings()
            #expect(findings.contains { $0.attribute == "entry" && $0.reason.contains("checksum") }, "\(findings)")
        }
    }

    @Test("a journal of another name") func name() throws {
        try withForeign { foreign in
            try foreign.write([])
            try FileManager.default.moveItem(
                atPath: foreign.home.journal("scribe.0"), toPath: foreign.home.journal("other.0"))
            let other = PublisherID(handler: HandlerName(unchecked: "other"), slot: 0)
            let findings = try PeerCheck.run(other, home: foreign.home).findings
            #expect(findings.contains { $0.attribute == "name" }, "\(findings)")
        }
    }
}
