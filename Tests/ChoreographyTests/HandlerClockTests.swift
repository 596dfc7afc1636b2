internal import Choreography
internal import Envelope
internal import Testing

/// F3: a retry's while is a while, whatever somebody does to the clock.
@Suite struct HandlerClockTests {
    private static let hour: Int64 = 3_600_000
    private func ms(_ milliseconds: Int64) -> Timestamp { Sample.ms(milliseconds) }

    @Test func `it is the time of day while that goes on`() {
        var clock = HandlerClock(journaled: ms(0), steady: ms(5))
        #expect(clock.now(wall: ms(1000), steady: ms(5)) == ms(1000))
        #expect(clock.now(wall: ms(1100), steady: ms(105)) == ms(1100))
    }

    @Test func `F3: set back by an hour, it goes on steadily`() {
        var clock = HandlerClock(journaled: ms(0), steady: ms(0))
        let failed = clock.now(wall: ms(2 * Self.hour), steady: ms(10))
        let due = failed + 100_000
        #expect(clock.now(wall: ms(Self.hour), steady: ms(60)) < due)
        #expect(clock.now(wall: ms(Self.hour), steady: ms(110)) == due)
    }

    @Test func `F3: set back while the handler was away, it begins where its journal ends`() {
        var clock = HandlerClock(journaled: ms(3 * Self.hour), steady: ms(0))
        #expect(clock.now(wall: ms(Self.hour), steady: ms(0)) == ms(3 * Self.hour))
        #expect(clock.now(wall: ms(Self.hour), steady: ms(70)) == ms(3 * Self.hour + 70))
    }

    @Test func `set forward, it follows at once, and does not go back when that is corrected`() {
        var clock = HandlerClock(journaled: ms(0), steady: ms(0))
        #expect(clock.now(wall: ms(Self.hour), steady: ms(1)) == ms(Self.hour))
        #expect(clock.now(wall: ms(1), steady: ms(11)) == ms(Self.hour + 10))
    }
}
