internal import Choreography
internal import Envelope
internal import Testing

@Suite struct EntryCodecTests {
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `heard runs and knowledge survive their encoding`(seed: UInt64) throws {
        var items = ItemGenerator(seed: seed)
        let runs = (0..<items.random.below(6)).map { _ in items.run() }
        let knows = (0..<items.random.below(6)).map { _ in items.knowledge() }
        let heard = try EntryCodec.encode(heard: runs).withUnsafeBytes { try EntryCodec.heard($0) }
        let known = try EntryCodec.encode(knows: knows).withUnsafeBytes { try EntryCodec.knows($0) }
        #expect(heard == runs)
        #expect(known == knows)
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a cut or changed section is an error or a value, never a trap`(seed: UInt64) {
        var items = ItemGenerator(seed: seed)
        let heard = EntryCodec.encode(heard: (0..<3).map { _ in items.run() })
        let knows = EntryCodec.encode(knows: (0..<5).map { _ in items.knowledge() })
        let said = Sample.record(Sample.event(key: "k", sequence: 7)) + Sample.record(Sample.event("b", sequence: 1))
        for damage in [Damage.truncations, Damage.flips] {
            damage(heard) { bytes in
                for run in (try? EntryCodec.heard(bytes)) ?? [] {
                    var state = SlotState()
                    state.hear(run)
                }
            }
            damage(knows) { bytes in
                var state = SlotState()
                for item in (try? EntryCodec.knows(bytes)) ?? [] { state.know(item) }
                _ = state.checkpoint()
            }
            damage(said) { bytes in
                try? EntryCodec.forEachRecord(in: bytes) { record, _ in _ = try RecordView(record).event() }
                _ = try? Outbox.runs(of: bytes)
            }
        }
    }

    @Test func `a run that ends before it begins, or begins at zero, is refused`() {
        for (first, last) in [(5, 4), (0, 3)] as [(UInt64, UInt64)] {
            var bytes: [UInt8] = []
            bytes.put("shop.0", UInt8.self)
            bytes.put("a", UInt8.self)
            bytes.put(UInt64(1))
            bytes.put(first)
            bytes.put(last)
            bytes.put(UInt8(0))
            #expect(throws: ChoreographyError.self) { try bytes.withUnsafeBytes { try EntryCodec.heard($0) } }
        }
    }

    @Test func `a topic's first sequence in an epoch is at least 1, whatever the bytes say`() throws {
        let bytes = EntryCodec.encode(knows: [.epoch(2, firsts: [Sample.topic("a"): 0])])
        let read = try bytes.withUnsafeBytes { try EntryCodec.knows($0) }
        #expect(read == [.epoch(2, firsts: [Sample.topic("a"): 1])])
    }

    @Test func `an unknown kind of knowledge is refused, but for those that decide nothing`() throws {
        for tag in [0, 12, 31] as [UInt8] {
            #expect(throws: ChoreographyError.self) {
                try ([tag, 0, 0, 0, 0] as [UInt8]).withUnsafeBytes { try EntryCodec.knows($0) }
            }
        }
        // Tags from 32 on tell people something: a later program may tell more.
        let items =
            EntryCodec.encode(knows: [.opened]) + [200, 3, 0, 0, 0, 1, 2, 3] + EntryCodec.encode(knows: [.closed])
        #expect(try items.withUnsafeBytes { try EntryCodec.knows($0) } == [.opened, .closed])
    }

    @Test(arguments: ["e", "ü", "漢", "🎭"])
    func `an error too long for its field is cut between characters and stays readable`(unit: String) throws {
        for padding in 0..<4 {
            let error = String(repeating: "x", count: padding) + String(repeating: unit, count: 70_000)
            let park = Knowledge.park(Sample.park(Sample.position(1), error: error, record: [1, 2, 3]))
            let read = try EntryCodec.encode(knows: [park, .unpark(Sample.position(2))]).withUnsafeBytes {
                try EntryCodec.knows($0)
            }
            guard case .park(let found)? = read.first else {
                Issue.record("no park")
                return
            }
            #expect(error.hasPrefix(found.error))
            #expect((65_532...65_535).contains(found.error.utf8.count))
            #expect(found.record == [1, 2, 3])
            #expect(read.last == .unpark(Sample.position(2)))
        }
    }

    @Test func `positions that follow each other with one outcome make one run`() {
        var runs: [HeardRun] = []
        for sequence in 1...3 as ClosedRange<UInt64> { HeardRun.append(Sample.position(sequence), .handled, to: &runs) }
        HeardRun.append(Sample.position(4), .parked, to: &runs)
        HeardRun.append(Sample.position(6), .parked, to: &runs)
        HeardRun.append(Sample.position(7, epoch: 2), .parked, to: &runs)
        HeardRun.append(Sample.position(8, "b", epoch: 2), .parked, to: &runs)
        #expect(runs.map(\.range) == [1...3, 4...4, 6...6, 7...7, 8...8])
    }
}
