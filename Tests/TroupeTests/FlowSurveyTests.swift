internal import Choreography
internal import Envelope
internal import Testing
internal import Troupe

@Suite struct FlowSurveyTests {
    /// Five flows, a second apart; each takes ten times its number in milliseconds, the third has failed.
    private static func write(_ home: Home) throws {
        let staged = try StagedHome(home)
        try staged.register("worker", "a", "b")
        var said: [EntryDraft] = []
        var heard: [EntryDraft] = []
        for number in 1...5 as ClosedRange<UInt64> {
            let topic = number % 2 == 0 ? "b" : "a"
            let began = Double(number) * 1000
            said.append(
                EntryDraft(
                    said: [try staged.event(topic, "flow-\(number)/1", at: began)], time: StagedHome.time(began)))
            let sequence = (number + 1) / 2
            let end = StagedHome.time(began + Double(number) * 10)
            var draft = EntryDraft(
                heard: [try staged.run("ingress", topic, number == 3 ? .dead : .handled, sequence)], time: end)
            if number == 3 {
                var record: [UInt8] = []
                EventRecord.encode(try staged.event(topic, "flow-3/1", at: began), into: &record)
                draft.knows = [
                    .dead(
                        DeadLetter(
                            position: try staged.position("ingress", topic, sequence), time: end, attempts: 1,
                            error: "no", record: record))
                ]
            }
            heard.append(draft)
        }
        try staged.append("ingress", said)
        try staged.append("worker", heard)
    }

    private func find(topic: String? = nil, since milliseconds: Double? = nil) async throws -> [String] {
        try await withHome { home in
            try Self.write(home)
            return try FlowSurvey.find(
                in: home, topic: topic.map { try Topic($0) }, since: milliseconds.map { StagedHome.time($0) }
            )
            .sorted { $0.began < $1.began }.map { "\($0.flow) \($0.duration)" }
        }
    }

    @Test func `flows are found by topic and by when they began, with the time that they took`() async throws {
        #expect(try await find(topic: "b") == ["flow-2 20000", "flow-4 40000"])
        #expect(try await find(since: 3000) == ["flow-3 30000", "flow-4 40000", "flow-5 50000"])
        #expect(try await find(topic: "a", since: 3500) == ["flow-5 50000"])
        #expect(try await find(since: 6000) == [])
    }

    @Test func `flows that failed are found by their dead letters`() async throws {
        try await withHome { home in
            try Self.write(home)
            #expect(try FlowSurvey.failed(in: home, since: nil) == [FlowID("flow-3")])
            #expect(try FlowSurvey.failed(in: home, since: StagedHome.time(4000)) == [])
        }
    }
}
