internal import Choreography
internal import Envelope
internal import Foundation
internal import Journal
internal import Testing
internal import Troupe

/// S1: who reads on in a journal notices when it is not the one that was.
@Suite struct PutBackTests {
    private func say(_ numbers: ClosedRange<Int>, _ staged: StagedHome) throws {
        for number in numbers {
            let event = try staged.event("a", "f\(number)/1", at: Double(number))
            try staged.append("ingress", EntryDraft(said: [event], time: StagedHome.start))
        }
    }

    private func copy(_ home: Home) throws -> String {
        let copy = home.path + "/copy"
        try FileManager.default.copyItem(atPath: home.journal("ingress.0"), toPath: copy)
        return copy
    }

    private func putBack(_ copy: String, _ home: Home) throws {
        try FileManager.default.removeItem(atPath: home.journal("ingress.0"))
        try FileManager.default.moveItem(atPath: copy, toPath: home.journal("ingress.0"))
    }

    @Test func `S1: one that tails a journal goes on in the one that was put back`() async throws {
        try await withHome { home in
            let staged = try StagedHome(home)
            try say(1...2, staged)
            let copy = try copy(home)
            try say(3...9, staged)
            let tail = try JournalTail(home: home)
            _ = try tail.begin()
            try putBack(copy, home)
            var seen: [String] = []
            var told: [UInt64] = []
            func poll() throws {
                try tail.poll(origin: { told.append($1.tip(try Topic("a"))) }) { _, entry in
                    entry.forEachReadable(problem: { _ in }) { seen.append((try? $0.event())?.flow.text ?? "?") }
                }
            }
            try poll()
            #expect(seen == [] && told == [2])
            try say(11...12, staged)
            try poll()
            #expect(seen == ["f11", "f12"])
        }
    }

    @Test func `S1: one that follows a journal at rest begins anew, and says where the new epoch begins`() async throws
    {
        try await withHome { home in
            let staged = try StagedHome(home)
            try say(1...2, staged)
            let copy = try copy(home)
            try say(3...9, staged)
            let topic = try Topic("a")
            let follower = try LogFollower(.ingress, home: home, boot: BootID.current())
            func ask(_ want: Want, _ token: EngineCursor? = nil) throws -> ReplayPage {
                try follower.answer(ReplayRequest(id: 1, wants: [want], token: token, credit: 1 << 20))
            }
            let first = try ask(Want(topic: topic, epoch: 0, next: 1))
            #expect(first.tips == [topic: 9] && !first.hasMore)
            let want = Want(topic: topic, epoch: first.epoch, next: 10)

            try putBack(copy, home)
            // Nobody has opened it yet: nothing is lost for certain.
            let unknown = try ask(want, first.token)
            #expect(unknown.jumps == [] && unknown.tips == [topic: 2] && unknown.records.isEmpty)
            try say(11...12, staged)
            let page = try ask(want, unknown.token)
            #expect(page.epoch > first.epoch)
            #expect(page.jumps.map(\.low) == [2] && page.jumps.map(\.reason) == [.lost])
            #expect(page.tips == [topic: 4] && !page.records.isEmpty)
        }
    }

    @Test func `S1: a consumer that is put back holds again what it needs`() async throws {
        try await withHome { home in
            let staged = try StagedHome(home)
            try staged.register("mail", "a")
            try say(1...2, staged)
            for number in 3...6 {
                let event = try staged.event("a", "f\(number)/1", at: Double(number))
                try staged.append("ingress", segmentSize: 1, EntryDraft(said: [event], time: StagedHome.start))
            }
            let stream = StreamID(.ingress, try Topic("a"))
            func hear(_ range: ClosedRange<UInt64>) throws {
                let run = HeardRun(stream, epoch: StagedHome.epoch, range: range, outcome: .handled)
                try staged.append("mail", EntryDraft(heard: [run], time: StagedHome.start))
            }
            try staged.append("mail", EntryDraft(knows: [.opened], time: StagedHome.start))
            let copy = home.path + "/copy"
            try FileManager.default.copyItem(atPath: home.journal("mail.0"), toPath: copy)
            try hear(1...6)
            var retention = Retention()
            retention.size = 1
            let retainer = try Retainer(
                .ingress, home: home, boot: BootID.current(), retention: retention,
                slots: { [try PublisherID("mail.0")] }, fileSystem: { _ in OSFileSystem() })
            let state = try FileEngineReader(.ingress, home: home, boot: BootID.current()).foldToEnd().1
            func look() throws -> Retainer.Outcome {
                try retainer.run(
                    state, end: .max / 2, now: StagedHome.start,
                    registrations: { try RegistrationFolder(home: home).all() },
                    trim: { _ in 0 })
            }
            #expect(try look().holder == nil)
            try FileManager.default.removeItem(atPath: home.journal("mail.0"))
            try FileManager.default.moveItem(atPath: copy, toPath: home.journal("mail.0"))
            #expect(try look().holder?.handler.text == "mail")
        }
    }
}
