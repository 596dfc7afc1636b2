internal import Choreography
internal import Envelope
internal import Synchronization
internal import Testing
internal import Troupe

/// A steady clock that these tests move, beside a time of day that somebody sets while they wait.
private final class Hands: Sendable {
    private let steady = Mutex(Timestamp(microseconds: 50_000_000))
    /// How far the time of day is from what the steady clock says.
    let jump = Mutex<Int64>(1_700_000_000_000_000)

    /// Each look takes `step` microseconds.
    func clock(step: Int64 = 0) -> Deadline.Clock {
        {
            self.steady.withLock { now in
                now = now + step
                return now
            }
        }
    }
    var timeOfDay: Timestamp { steady.withLock { now in jump.withLock { now + $0 } } }
    func pass(_ microseconds: Int64) { steady.withLock { $0 = $0 + microseconds } }
}

private let hour: Int64 = 3_600_000_000

@Suite("F3: waits are on the steady clock") struct DeadlineTests {
    @Test(arguments: [-hour, hour]) func `F3: a deadline is over after its span, whatever the time of day`(jump: Int64)
    {
        let hands = Hands()
        let before = hands.timeOfDay
        let deadline = Deadline(after: TimeSpan(microseconds: 3_000_000), clock: hands.clock())
        hands.jump.withLock { $0 += jump }
        #expect(!deadline.isOver && deadline.left == 3_000_000 && deadline.milliseconds(atMost: 1000) == 1000)
        #expect(hands.timeOfDay == before + jump)
        hands.pass(2_999_001)
        hands.jump.withLock { $0 -= 2 * jump }
        #expect(!deadline.isOver && deadline.milliseconds(atMost: 1000) == 1)
        hands.pass(999)
        #expect(deadline.isOver && deadline.left == 0 && deadline.milliseconds(atMost: 1000) == 0)
    }

    @Test func `F3: no span is no deadline, and the longest does not overflow`() {
        #expect(!Deadline.never.isOver && Deadline.never.milliseconds(atMost: 1000) == 1000)
        #expect(!Deadline(after: nil as TimeSpan?).isOver)
        #expect(!Deadline(after: TimeSpan(microseconds: .max)).isOver)
        #expect(Deadline(after: -1).isOver)
    }

    /// `publish --await`, `tap` and `trace --follow` wait like this.
    @Test func `F3: an awaiter gives up when its span is over`() async throws {
        try await withHome { home in
            let awaiter = try FlowAwaiter(home: home)
            let deadline = Deadline(after: 3_000_000, clock: Hands().clock(step: 1_000_000))
            #expect(try !awaiter.wait(for: [FlowID("nobody-says-it")], until: deadline).0)
        }
    }

    /// A full disk, and retention's interval.
    @Test func `F3: a monitor waits for a deadline on the steady clock, and so for a retry`() {
        let monitor = Monitor(0)
        let deadline = Deadline(after: 20_000)
        let turns = monitor.wait(deadline: deadline) { turns -> Int? in
            turns += 1
            return deadline.isOver ? turns : nil
        }
        #expect((2...20).contains(turns))
        let due = SteadyClock.now() + 20_000
        let times = monitor.wait(
            due: { _ in due.microseconds - SteadyClock.now().microseconds },
            until: { turns -> Int? in
                turns += 1
                return SteadyClock.now() >= due ? turns - 1 : nil
            })
        #expect((turns + 1...turns + 20).contains(times))
    }
}
