internal import Choreography
internal import Envelope
internal import Testing

@Suite struct RetryPolicyTests {
    private func wait(_ policy: RetryPolicy, _ failures: UInt32, _ sequence: UInt64 = 1) -> Int64 {
        policy.due(after: failures, of: Sample.position(sequence), now: Sample.start).microseconds
            - Sample.start.microseconds
    }

    @Test func `each wait is 75 to 125 percent of twice the one before, up to the longest`() {
        let policy = RetryPolicy(attempts: 20, firstDelay: .milliseconds(100), maximumDelay: .seconds(3))
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
        #expect(RetryPolicy(attempts: 0, firstDelay: .milliseconds(-5), maximumDelay: .zero).attempts == 1)
        var policy = RetryPolicy()
        for first in [Int64.min, -1, 0, 1, 1 << 44, Int64.max].flatMap({ [Duration.seconds($0), .milliseconds($0)] }) {
            for longest in [Int64.min, 0, 1, 30_000, Int64.max].flatMap({ [Duration.seconds($0), .milliseconds($0)] }) {
                policy.firstDelay = first
                policy.maximumDelay = longest
                for failures in [0, 1, 2, 21, 64, UInt32.max] {
                    #expect(wait(policy, failures) >= 750)
                }
            }
        }
    }
}
