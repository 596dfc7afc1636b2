internal import Choreography
internal import Envelope
internal import Testing

@Suite struct TipScheduleTests {
    /// The distances between tips, in milliseconds, when each is spoken when it is due.
    private func distances(_ schedule: inout TipSchedule, _ count: Int) -> [UInt32] {
        (0..<count).map { _ in
            let now = schedule.due
            let stated = schedule.spoke(now: now)
            #expect(schedule.due == now + Int64(stated) * 1000)
            return stated
        }
    }

    @Test func `a tip comes at once, then often for ten seconds, then less and less`() {
        var schedule = TipSchedule(now: Sample.start)
        #expect(schedule.due == Sample.start)
        let stated = distances(&schedule, 28)
        #expect(stated.prefix(21).allSatisfy { $0 == 500 })
        #expect(Array(stated.suffix(7)) == [1000, 2000, 4000, 5000, 5000, 5000, 5000])
    }

    @Test func `traffic makes tips frequent again, and brings the next one near`() {
        var schedule = TipSchedule(now: Sample.start)
        _ = distances(&schedule, 30)
        let now = schedule.due + -4_900_000
        schedule.traffic(now: now)
        #expect(schedule.due == now + 500_000)
        #expect(distances(&schedule, 20).allSatisfy { $0 == 500 })
    }

    @Test func `traffic never puts a tip off`() {
        var schedule = TipSchedule(now: Sample.start)
        _ = schedule.spoke(now: Sample.start)
        let due = schedule.due
        schedule.traffic(now: Sample.start + 400_000)
        #expect(schedule.due == due)
    }

    @Test func `somebody who joins gets a tip at once`() {
        var schedule = TipSchedule(now: Sample.start)
        _ = schedule.spoke(now: Sample.start)
        schedule.joined(now: Sample.start + 5)
        #expect(schedule.due == Sample.start + 5)
    }
}
