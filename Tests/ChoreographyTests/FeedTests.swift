internal import Choreography
internal import Envelope
internal import Testing

@Suite struct FeedTests {
    private func event(_ sequence: UInt64, _ topic: String = "a") -> Event { FeedStage.event(topic, sequence) }

    // MARK: at rest

    @Test func `a publisher at rest is read page by page until there is no more`() {
        var stage = FeedStage(FeedStage.want("a"), FeedStage.want("b", next: 3))
        #expect(stage.atRest() == ["read a1 b3"])
        #expect(!stage.feed.isCaughtUp)
        #expect(stage.page(event(1), event(3, "b"), more: true) == ["deliver a1 b3", "read a2 b4+"])
        #expect(stage.page(event(2)) == ["deliver a2"])
        #expect(stage.feed.isCaughtUp && !stage.feed.isLive)
        #expect(stage.feed.wake == nil)
    }

    @Test func `a publisher that is gone is waited for without a wake, and heard on from where it was`() {
        var stage = FeedStage.isLive()
        #expect(stage.handle(.located(.gone)) == ["disconnect"])
        #expect(stage.feed.wake == nil && !stage.feed.isLive)
        #expect(stage.handle(.grew) == [])
        #expect(stage.handle(.tick) == [])
        #expect(stage.atRest() == ["read a5"])
        #expect(stage.handle(.located(.gone)) == [])
        #expect(stage.page(event(5)) == [])
        #expect(stage.live("i2") == ["connect", "ask a5"])
    }

    @Test func `a journal that grew is read on, also when it grew while a page was under way`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.atRest()
        #expect(stage.handle(.grew) == [])
        #expect(!stage.feed.isCaughtUp)
        #expect(stage.page(event(1)) == ["deliver a1", "read a2+"])
        #expect(stage.page() == [])
        #expect(stage.handle(.grew) == ["read a2+"])
        #expect(stage.page(event(2)) == ["deliver a2"])
        #expect(stage.feed.isCaughtUp)
    }

    @Test func `growth while there is no room is read when there is`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.atRest()
        _ = stage.page()
        #expect(stage.handle(.room(false)) == [])
        #expect(stage.handle(.grew) == [])
        #expect(stage.feed.wake == nil)
        #expect(stage.handle(.room(true)) == ["read a1+"])
    }

    @Test func `a journal that cannot be read is tried again after a while, from the beginning`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.atRest()
        _ = stage.page(event(1), more: true)
        #expect(stage.handle(.pageFailed(id: stage.lastRequest!.id, reason: "torn")) == ["report"])
        #expect(stage.feed.wake! > stage.now)
        #expect(stage.wake() == ["read a2"])
        #expect(stage.handle(.pageFailed(id: stage.lastRequest!.id, reason: nil)) == [])
        #expect(stage.handle(.pageFailed(id: 0, reason: "late")) == [])
        #expect(stage.wake() == ["read a2"])
    }

    @Test func `a reading is waited for, however slow the disk is, and is not asked for twice`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.atRest()
        #expect(stage.feed.wake == nil)
        #expect(stage.handle(.grew) == [])
        #expect(stage.page(event(1)) == ["deliver a1", "read a2+"])
    }

    // MARK: joining

    @Test func `joining is replay, subscribe, tip, live`() {
        var stage = FeedStage(FeedStage.want("a"), FeedStage.want("b"))
        #expect(stage.live() == ["connect", "ask a1 b1"])
        #expect(stage.page(event(1), event(2), more: true) == ["deliver a1 a2", "ask a3 b1+"])
        #expect(stage.page(event(1, "b")) == ["deliver b1", "subscribe a b"])
        #expect(!stage.feed.isLive)
        #expect(stage.tip(["a": 2, "b": 1]) == [])
        #expect(stage.feed.isLive && stage.feed.isCaughtUp)
        #expect(stage.frame("a", 3...4) == ["deliver a3 a4"])
        #expect(stage.frame("b", 2...2) == ["deliver b2"])
        #expect(stage.delivered.allSatisfy { $0.epoch == 1 })
    }

    @Test func `a tip that shows more than the replay leads to a last replay, then live`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        _ = stage.page(event(1))
        #expect(stage.tip(["a": 3]) == ["ask a2+"])
        #expect(!stage.feed.isLive)
        #expect(stage.page(event(2), event(3)) == ["deliver a2 a3"])
        #expect(stage.feed.isLive)
    }

    @Test func `a publisher that runs on this host is asked where to begin, and read from there on`() {
        var stage = FeedStage(FeedStage.want("a"))
        #expect(stage.live(isLocal: true) == ["connect", "ask a1"])
        #expect(stage.page(event(1), more: true) == ["deliver a1", "read on a2+"])
        #expect(stage.feed.wake == nil, "a reading always ends, however slow the disk is")
        #expect(stage.page(event(2), event(3), more: true) == ["deliver a2 a3", "read on a4+"])
        #expect(stage.page(event(4)) == ["deliver a4", "subscribe a"])
        #expect(stage.tip(["a": 5]) == ["read on a5+"])
        #expect(stage.page(event(5)) == ["deliver a5"])
        #expect(stage.feed.isLive)
        // A gap begins anew: it knows what was lost or removed.
        #expect(stage.frame("a", 8...9) == ["unsubscribe a", "ask a6"])
    }

    @Test func `one whose journal cannot be read on is asked for all of it`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live(isLocal: true)
        _ = stage.page(event(1), more: true)
        #expect(stage.handle(.pageFailed(id: stage.lastRequest!.id, reason: "trimmed")) == ["ask a2"])
        #expect(stage.page(event(2), more: true) == ["deliver a2", "ask a3+"])
        // Until it starts again.
        #expect(stage.live("i2", isLocal: true) == ["disconnect", "connect", "ask a2"])
        #expect(stage.page(event(3), more: true) == ["deliver a3", "read on a4+"])
    }

    @Test func `frames that come before the last page are held back, and their overlap is dropped`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        _ = stage.page(event(1))
        #expect(stage.frame("a", 3...4) == [])
        #expect(stage.tip(["a": 4]) == ["ask a2+"])
        #expect(stage.frame("a", 5...5) == [])
        #expect(stage.page(event(2), event(3)) == ["deliver a2 a3", "deliver a4", "deliver a5"])
        #expect(stage.feed.isLive)
    }

    @Test func `a tip of topics that are not wanted does not hold up`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        _ = stage.page()
        #expect(stage.tip(["z": 99]) == [])
        #expect(stage.feed.isLive)
        #expect(stage.tip(["z": .max]) == [])
        #expect(stage.feed.isLive)
    }

    @Test func `frames and tips out of turn, or of others, are ignored`() {
        var stage = FeedStage(FeedStage.want("a"))
        #expect(stage.frame("a", 1...1) == [])
        _ = stage.live()
        #expect(stage.frame("a", 1...1) == [])
        #expect(stage.tip(["a": 1]) == [])
        _ = stage.page()
        #expect(stage.tip(by: "other", ["a": 7]) == [])
        #expect(!stage.feed.isLive)
        _ = stage.tip([:])
        #expect(stage.frame("a", 1...1, by: "other.0") == [])
        #expect(stage.frame("z", 1...1) == [])
        #expect(stage.feed.isLive)
    }

    @Test func `a subscription that no tip answers is tried anew, and the third time with a new connection`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        for _ in 0..<2 {
            #expect(stage.page() == ["subscribe a"])
            #expect(stage.wake() == ["unsubscribe a", "ask a1"])
        }
        #expect(stage.page() == ["subscribe a"])
        #expect(stage.wake() == ["report", "disconnect", "connect", "ask a1"])
    }

    @Test func `a tip that comes in time ends the count of silent subscriptions`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        for _ in 0..<5 {
            for _ in 0..<2 {
                _ = stage.page()
                #expect(stage.wake() == ["unsubscribe a", "ask a1"])
            }
            _ = stage.page()
            _ = stage.tip([:])
            #expect(stage.feed.isLive)
            #expect(stage.frame("a", 9...9) == ["unsubscribe a", "ask a1"])
        }
    }

    // MARK: out of live

    @Test func `a gap in the frames leads out of live, to replay and back`() {
        var stage = FeedStage.isLive()
        #expect(stage.frame("a", 5...5) == ["deliver a5"])
        #expect(stage.frame("a", 7...7) == ["unsubscribe a", "ask a6"])
        #expect(!stage.feed.isLive)
        #expect(stage.frame("a", 8...8) == [])
        #expect(stage.page(event(6), event(7)) == ["deliver a6 a7", "subscribe a"])
        #expect(stage.tip(["a": 8]) == ["ask a8+"])
        #expect(stage.page(event(8)) == ["deliver a8"])
        #expect(stage.feed.isLive)
    }

    @Test func `a lost tail is shown by the tip`() {
        var stage = FeedStage.isLive()
        #expect(stage.tip(["a": 4]) == [])
        #expect(stage.tip(["a": 5]) == ["unsubscribe a", "ask a5"])
    }

    @Test func `what was delivered already is dropped by its sequence`() {
        var stage = FeedStage.isLive()
        #expect(stage.frame("a", 3...4) == [])
        #expect(stage.frame("a", 4...6) == ["deliver a5 a6"])
        #expect(stage.frame("a", 5...6) == [])
        #expect(stage.feed.isLive)
    }

    @Test func `a page may begin before what is wanted, and hold topics that are not`() {
        var stage = FeedStage(FeedStage.want("a", next: 3))
        _ = stage.atRest()
        #expect(stage.page(event(2), event(9, "z"), event(3)) == ["deliver a3"])
    }

    @Test func `another epoch in a frame or a tip leads to replay`() {
        var stage = FeedStage.isLive()
        #expect(stage.frame("a", 5...5, epoch: 2) == ["unsubscribe a", "ask a5"])
        stage = .isLive()
        #expect(stage.tip(epoch: 2, ["a": 4]) == ["unsubscribe a", "ask a5"])
        #expect(stage.page(epoch: 2) == ["subscribe a"])
        #expect(stage.tip(epoch: 2, ["a": 4]) == [])
        #expect(stage.frame("a", 5...5, epoch: 2) == ["deliver a5"])
        #expect(stage.delivered.last?.epoch == 2)
    }

    @Test func `an epoch that begins between page and tip is replayed before going live`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        _ = stage.page(epoch: 1)
        #expect(stage.tip(epoch: 2, [:]) == ["ask a1+"])
        #expect(stage.page(epoch: 2) == [])
        #expect(stage.feed.isLive)
    }

    @Test func `silence for longer than announced leads to a new connection`() {
        var stage = FeedStage.isLive()
        _ = stage.tip(due: 5000, [:])
        #expect(stage.wait(milliseconds: 15_999) == [])
        #expect(stage.wait(milliseconds: 1) == ["report", "disconnect", "connect", "ask a5"])
        #expect(!stage.feed.isLive)
    }

    @Test func `a tip in time keeps the connection`() {
        var stage = FeedStage.isLive()
        for _ in 0..<20 {
            #expect(stage.wait(milliseconds: 2000) == [])
            #expect(stage.tip([:]) == [])
        }
        #expect(stage.feed.isLive)
    }

    @Test func `a question without an answer is asked again, and the third time over a new connection`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        for _ in 0..<2 {
            #expect(stage.wake() == ["ask a1"])
            #expect(stage.wake() == ["ask a1"])
            #expect(stage.wake() == ["report", "disconnect", "connect", "ask a1"])
        }
        #expect(stage.page(event(1), more: true) == ["deliver a1", "ask a2+"])
        #expect(stage.wake() == ["ask a2"])
        #expect(stage.wake() == ["ask a2"])
    }

    @Test func `the last replay is given up without an answer`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        _ = stage.page()
        _ = stage.tip(["a": 1])
        #expect(stage.wake() == ["unsubscribe a", "ask a1"])
    }

    @Test func `answers to earlier questions are ignored`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        let first = stage.lastRequest!.id
        _ = stage.wake()
        #expect(stage.page(event(1), id: first) == [])
        #expect(stage.page(event(1)) == ["deliver a1", "subscribe a"])
        #expect(stage.page(event(2)) == [])
        #expect(stage.page(event(2), id: 0) == [])
        #expect(stage.delivered.map(\.sequence) == [1])
    }

    // MARK: room

    @Test func `without room nothing is asked for; with room it goes on where it stood`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        #expect(stage.handle(.room(false)) == [])
        #expect(stage.page(event(1), more: true) == ["deliver a1"])
        #expect(stage.feed.wake == nil)
        #expect(stage.wait(milliseconds: 60_000) == [])
        #expect(stage.handle(.room(true)) == ["ask a2+"])
        #expect(stage.handle(.room(true)) == [])
    }

    @Test func `without room live events lead to replay, which waits for room`() {
        var stage = FeedStage.isLive()
        #expect(stage.handle(.room(false)) == [])
        #expect(stage.feed.isLive)
        #expect(stage.frame("a", 5...5) == ["unsubscribe a"])
        #expect(stage.feed.wake == nil)
        #expect(stage.handle(.room(true)) == ["ask a5"])
    }

    @Test func `without room the last replay waits too`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        _ = stage.page()
        _ = stage.handle(.room(false))
        #expect(stage.tip(["a": 1]) == [])
        #expect(stage.handle(.room(true)) == ["ask a1+"])
        #expect(stage.page(event(1)) == ["deliver a1"])
        #expect(stage.feed.isLive)
    }

    @Test func `a connection that is made anew while there is no room asks when there is`() {
        var stage = FeedStage.isLive()
        _ = stage.handle(.room(false))
        #expect(stage.wake() == ["report", "disconnect", "connect"])
        #expect(stage.live("i2") == ["disconnect", "connect"])
        #expect(stage.handle(.room(true)) == ["ask a5"])
    }

    @Test func `too many frames or bytes held back lead out and are forgotten`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        _ = stage.page()
        for sequence in 1...64 as ClosedRange<UInt64> { #expect(stage.frame("a", sequence...sequence) == []) }
        #expect(stage.frame("a", 65...65) == ["unsubscribe a", "ask a1"])
        _ = stage.page()
        #expect(stage.tip([:]) == [])
        #expect(stage.feed.isLive && stage.delivered.isEmpty)

        stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        _ = stage.page()
        let large = Array(repeating: UInt8(1), count: 3 << 20)
        #expect(stage.handle(.frame(large)) == [])
        #expect(stage.handle(.frame(large)) == ["unsubscribe a", "ask a1"])
    }

    // MARK: where the publisher is

    @Test func `a publisher that dies is read at rest, and heard again when it comes back`() {
        var stage = FeedStage.isLive()
        #expect(stage.atRest() == ["disconnect", "read a5"])
        #expect(stage.frame("a", 5...5) == [])
        #expect(stage.page(event(5)) == ["deliver a5"])
        // It is asked for the last event heard once more, to compare.
        #expect(stage.live("i2") == ["connect", "ask a5"])
        #expect(stage.page(event(5)) == ["subscribe a"])
        #expect(stage.tip(["a": 5]) == [])
        #expect(stage.frame("a", 6...6) == ["deliver a6"])
    }

    @Test func `a new instance is connected to; the same one is not`() {
        var stage = FeedStage.isLive()
        #expect(stage.live("i1") == [])
        #expect(stage.live("i2") == ["disconnect", "connect", "ask a5"])
        #expect(stage.atRest() == ["disconnect", "read a5"])
        #expect(stage.atRest() == [])
    }

    @Test func `an answer from before the publisher moved is ignored`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        let old = stage.lastRequest!.id
        _ = stage.atRest()
        #expect(stage.page(event(1), id: old) == [])
        #expect(stage.page(event(1)) == ["deliver a1"])
    }

    // MARK: jumps and damage

    @Test func `a jump sets what comes next, before the events that follow it`() {
        var stage = FeedStage(FeedStage.want("a", next: 9, epoch: 1), FeedStage.want("b"))
        _ = stage.live()
        let jump = CursorJump(stream: Sample.stream("a"), epoch: 2, low: 4, reason: .lost)
        #expect(
            stage.page(event(5), more: true, epoch: 2, jumps: [jump]) == ["jump a5 lost", "deliver a5", "ask a6 b1+"])
    }

    @Test func `a jump of another publisher or topic is none of ours`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        let other = CursorJump(stream: Sample.stream("a", by: "other"), epoch: 1, low: 4, reason: .lost)
        let unwanted = CursorJump(stream: Sample.stream("z"), epoch: 1, low: 4, reason: .lost)
        #expect(stage.page(event(1), jumps: [other, unwanted]) == ["deliver a1", "subscribe a"])
    }

    @Test func `a damaged journal is reported, and asked about again after a while`() {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        #expect(stage.page(status: .corrupt) == ["report"])
        #expect(stage.feed.wake! > stage.now)
        #expect(stage.wake() == ["ask a1"])
    }

    @Test func `a page that does not fit is reported, and not asked for again at once`() {
        for isLive in [true, false] {
            var stage = FeedStage(FeedStage.want("a"))
            _ = isLive ? stage.live() : stage.atRest()
            #expect(stage.page(event(2)) == ["report"])
            #expect(stage.feed.wake! > stage.now)
            #expect(stage.wake() == [isLive ? "ask a1" : "read a1"])
            #expect(stage.page(event(1)).first == "deliver a1")
        }
    }

    @Test func `a frame with another count than its records, or that is no frame, leads to replay`() {
        var broken = FeedStage.frame("a", 5...6)
        broken[Array("a".utf8).count + 1 + 2 + 6 + 16] = 3
        for frame in [broken, Array(FeedStage.frame("a", 5...6).dropLast()), [], [0], Tip.prefix + [0]] {
            var stage = FeedStage.isLive()
            #expect(stage.handle(.frame(frame)) == ["report", "unsubscribe a", "ask a5"])
        }
    }

    @Test func `damaged frames, tips and pages never trap, and nothing out of order is delivered`() {
        let tip = Tip(publisher: Sample.publisher(), epoch: 1, nextDueMilliseconds: 500, last: [Sample.topic("a"): 4])
        let inputs = [FeedStage.frame("a", 4...6), tip.frame()]
        let page = ReplayCodec.encode(
            ReplayPage(
                id: 1, status: .records, epoch: 1,
                jumps: [CursorJump(stream: Sample.stream(), epoch: 1, low: 4, reason: .trimmed)],
                tips: [Sample.topic("a"): 6], hasMore: false, token: EngineCursor(high: 0, low: 1),
                records: [5, 6].flatMap { Sample.record(event($0)) }),
            publisher: Sample.publisher())
        let live = FeedStage.isLive()
        var asking = FeedStage(FeedStage.want("a", next: 5))
        _ = asking.live()
        for damage in [Damage.truncations, Damage.flips] {
            for input in inputs {
                damage(input) { bytes in
                    var stage = live
                    _ = stage.handle(.frame(Array(bytes)))
                    _ = stage.wake()
                    #expect(stage.delivered.map(\.sequence) == Array((5...9).prefix(stage.delivered.count)))
                }
            }
            damage(page) { bytes in
                guard let page = try? ReplayCodec.page(bytes) else { return }
                var stage = asking
                _ = stage.handle(.page(page))
                _ = stage.wake()
            }
        }
    }

    @Test(arguments: [UInt64.max, UInt64.max - 1, UInt64.max - 2])
    func `sequences at the end of the range never trap`(low: UInt64) {
        var stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        let jump = CursorJump(stream: Sample.stream(), epoch: 1, low: low &- 1, reason: .lost)
        _ = stage.page(event(low), event(3), jumps: [jump])
        stage = FeedStage(FeedStage.want("a"))
        _ = stage.live()
        _ = stage.page(jumps: [jump])
        _ = stage.tip(["a": .max])
        _ = stage.page()
        _ = stage.frame("a", low...low)
        _ = stage.frame("a", .max ... .max)
        _ = stage.wake()
    }
}
