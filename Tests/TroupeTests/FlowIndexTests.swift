internal import Choreography
internal import Envelope
internal import Foundation
internal import Journal
internal import Synchronization
internal import Testing

@testable internal import Troupe

/// Whatever happens to the index, a look says what the journals say.
@Suite struct FlowIndexTests {
    /// Tables after a few entries, so that small journals have many.
    private static let limits = FlowIndex.Limits(tail: 900, table: 2000)

    /// Journals of roots and of a handler that answers some, tries some again and gives some up.
    private struct Scene {
        let staged: StagedHome
        var random: SeededRandom
        var roots = 0
        var retrying: [UInt64] = []

        init(_ home: Home, seed: UInt64) throws {
            staged = try StagedHome(home)
            random = SeededRandom(seed)
            try staged.register("relay", "a")
            try staged.register("sink", "b")
        }

        static func flow(_ number: Int) throws -> FlowID { try FlowID("flow-\(number)") }

        /// Appends entries of some roots, and what the handlers make of them.
        mutating func play(_ count: Int, segmentSize: Int = 1500) throws {
            var ingress: [EntryDraft] = []
            var relay: [EntryDraft] = []
            let last = roots + count
            while roots < last {
                let batch = (roots + 1)...min(last, roots + 1 + random.below(5))
                roots = batch.upperBound
                let time = StagedHome.time(Double(roots))
                ingress.append(
                    EntryDraft(
                        said: try batch.map { try staged.event("a", "flow-\($0)/1", at: Double(roots)) }, time: time))
                var draft = EntryDraft(time: time + 500)
                for number in batch { try hear(UInt64(number), into: &draft) }
                relay.append(draft)
            }
            try staged.append("ingress", segmentSize: segmentSize, ingress)
            try staged.append("relay", segmentSize: segmentSize, relay)
        }

        private mutating func hear(_ number: UInt64, into draft: inout EntryDraft) throws {
            let position = try staged.position("ingress", "a", number)
            let kind = random.below(10)
            let outcome: HeardOutcome = kind == 0 ? .dead : kind <= 2 ? .parked : .handled
            HeardRun.append(position, outcome, to: &draft.heard)
            switch outcome {
            case .handled: draft.said.append(try staged.event("b", "flow-\(number)/1/relay.1", at: Double(number)))
            case .parked:
                draft.knows.append(
                    .park(
                        Park(
                            position: position, reason: .retry, due: draft.time, attempts: 1, key: "", error: "busy",
                            record: [])))
                retrying.append(number)
            default:
                draft.knows.append(
                    .dead(DeadLetter(position: position, time: draft.time, attempts: 1, error: "no", record: [])))
            }
            if retrying.count > 3 {
                let done = retrying.removeFirst()
                draft.knows.append(.unpark(try staged.position("ingress", "a", done)))
                draft.said.append(try staged.event("b", "flow-\(done)/1/relay.1", at: Double(number)))
            }
        }

        /// Every flow's trace by the index is its trace by all journals.
        func expectTruth(sourceLocation: SourceLocation = #_sourceLocation) throws {
            let reader = FlowReader(home: staged.home, limits: FlowIndexTests.limits)
            let flows = try (1...roots).map(Self.flow)
            let ledger = try reader.ledger(of: Set(flows))
            for flow in flows {
                let truth = FlowTrace(ledger, flow: flow) { _ in false }
                let found = try #require(try reader.trace(flow), sourceLocation: sourceLocation)
                #expect(found == truth, sourceLocation: sourceLocation)
            }
            #expect(try reader.trace(Self.flow(roots + 1)) == nil, sourceLocation: sourceLocation)
        }

        var tables: [String] {
            let folder = staged.home.cache + "/flows"
            return (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
                .filter { $0.hasSuffix(".idx") }.map { folder + "/" + $0 }.sorted()
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a look by the index says what all journals say, while they grow`(seed: UInt64) async throws {
        try await withHome { home in
            var scene = try Scene(home, seed: seed)
            try scene.play(60)
            try scene.expectTruth()
            let before = Set(scene.tables)
            #expect(before.count > 3)
            try scene.play(40)
            try scene.expectTruth()
            #expect(before.isSubset(of: scene.tables), "what was made is used again")
            #expect(scene.tables.count > before.count)
        }
    }

    @Test func `a damaged table is made again, never believed`() async throws {
        try await withHome { home in
            var scene = try Scene(home, seed: 7)
            try scene.play(25)
            try scene.expectTruth()
            for path in scene.tables {
                let whole = try Data(contentsOf: URL(fileURLWithPath: path))
                for place in stride(from: 1, to: whole.count, by: max(1, whole.count / 5)) {
                    var spoiled = whole
                    spoiled[place] ^= 0x20
                    try spoiled.write(to: URL(fileURLWithPath: path))
                    try scene.expectTruth()
                }
                try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
                try scene.expectTruth()
            }
        }
    }

    @Test func `a journal that lost its end, or was begun anew, is looked through again`() async throws {
        try await withHome { home in
            var scene = try Scene(home, seed: 8)
            try scene.play(50)
            try scene.expectTruth()
            // As after a reset: another journal, of other events, under the same name.
            for name in ["ingress.0", "relay.0"] { try FileManager.default.removeItem(atPath: home.journal(name)) }
            scene.roots = 0
            scene.retrying = []
            try scene.play(55)
            try scene.expectTruth()
        }
    }

    @Test func `a journal whose oldest segments were removed keeps answering for the rest`() async throws {
        try await withHome { home in
            var scene = try Scene(home, seed: 9)
            try scene.play(80)
            try scene.expectTruth()
            let folder = home.journal("ingress.0")
            let segments = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".seg") }
            #expect(segments.count > 2)
            try FileManager.default.removeItem(atPath: folder + "/" + segments.sorted()[0])
            let reader = FlowReader(home: home, limits: Self.limits)
            #expect(try reader.trace(Scene.flow(80))?.steps.first?.serial == "1")
            try scene.play(20)
            #expect(try reader.trace(Scene.flow(100))?.steps.first?.serial == "1")
            #expect(try reader.trace(Scene.flow(1))?.steps.first?.serial != "1", "its root is gone")
        }
    }

    @Test func `several look at once`() async throws {
        try await withHome { home in
            var scene = try Scene(home, seed: 10)
            try scene.play(60)
            let truth = try FlowReader(home: home, limits: FlowIndex.Limits()).trace(Scene.flow(33))
            try await withThrowingTaskGroup(of: FlowTrace?.self) { group in
                for _ in 0..<8 {
                    group.addTask { try FlowReader(home: home, limits: Self.limits).trace(Scene.flow(33)) }
                }
                for try await found in group { #expect(found == truth) }
            }
            try scene.expectTruth()
        }
    }

    @Test func `a home that cannot be written is looked through without an index`() async throws {
        try await withHome { home in
            var scene = try Scene(home, seed: 11)
            try scene.play(40)
            try Data().write(to: URL(fileURLWithPath: home.cache))
            try scene.expectTruth()
        }
    }
}

/// The same numbers for the same seed.
struct SeededRandom {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    /// A number from 0 to `limit` - 1.
    mutating func below(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }
}
