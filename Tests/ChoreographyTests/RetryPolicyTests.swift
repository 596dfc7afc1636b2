internal import Choreography
internal import Envelope
internal import Testing

@Suite struct RetryPolicyTests {
    private func wait(_ policy: RetryPolicy, _ failures: UInt32, _ sequence: UInt64 = 1) -> Int64 {
        policy.due(after: failures, of: Sample.position(sequence), now: Sample.start).microseconds
            - Sample.start.microseconds
    }

    @Test func `each wait is 75 to 125 percent of twice the one before, up to the longest`() {
        let policy = RetryPolicy(attempts: 20, firstDelayMilliseconds: 100, maximumDelayMilliseconds: 3000)
        for (index, nominal) in [100, 200, 400, 800, 1600, 3000, 3000, 3000].enumerated() {
            var waits: Set<Int64> = []
            for sequence in 1...500 as ClosedRange<UInt64> {
                let wait = wait(policy, UInt32(index + 1), sequence)
                #expect((Int64(nominal) * 750...Int64(nominal) * 1250).contains(wait))
                waits.insert(wait)
            }
            #expect(waits.count > 400, "the jitter hardly varies")
            #expect(waits.max()! - waits.min()! > Int64(nominal) * 400)
        }
    }

    @Test func `the same failure of the same event waits equally long`() {
        #expect(wait(RetryPolicy(), 2, 77) == wait(RetryPolicy(), 2, 77))
    }

    @Test func `unreasonable settings are bounded and never trap`() {
        #expect(RetryPolicy(attempts: 0, firstDelayMilliseconds: -5, maximumDelayMilliseconds: 0).attempts == 1)
        var policy = RetryPolicy()
        for first in [Int.min, -1, 0, 1, 1 << 44, Int.max] {
            for longest in [Int.min, 0, 1, 30_000, Int.max] {
                policy.firstDelayMilliseconds = first
                policy.maximumDelayMilliseconds = longest
                for failures in [0, 1, 2, 21, 64, UInt32.max] {
                    #expect(wait(policy, failures) >= 750)
                }
            }
        }
    }
}
