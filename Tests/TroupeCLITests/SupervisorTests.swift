internal import Choreography
internal import Envelope
internal import Testing

@testable import TroupeCLI

/// Time passes as these tests say; nothing runs.
@Suite("The supervisor") struct SupervisorTests {
    private let order: HandlerName
    private let stock: HandlerName

    init() throws {
        order = try HandlerName("order")
        stock = try HandlerName("stock")
    }

    private func at(_ seconds: Double) -> Timestamp { Timestamp(microseconds: Int64(seconds * 1e6)) }

    private func isReport(_ action: Supervisor.Action) -> Bool {
        if case .report = action { true } else { false }
    }

    /// What is to be done, without what is to be said.
    private func deeds(_ actions: [Supervisor.Action]) -> [Supervisor.Action] { actions.filter { !isReport($0) } }

    private func notes(_ actions: [Supervisor.Action]) -> [String] {
        actions.compactMap { if case .report(_, let note) = $0 { note } else { nil } }
    }

    /// `order` alone, running since 0 s.
    private func running() -> Supervisor {
        var supervisor = Supervisor([order])
        _ = supervisor.begin()
        _ = supervisor.started(order, pid: 10, now: at(0))
        _ = supervisor.tookSlot(order, now: at(0))
        return supervisor
    }

    @Test func startsAllAndSaysWhoRuns() {
        var supervisor = Supervisor([stock, order])
        expectEqual(supervisor.begin(), [.start(order), .start(stock)])
        expectEqual(notes(supervisor.started(order, pid: 10, now: at(0))), ["started, process 10"])
        #expect(supervisor.isAnyStarting)
        #expect(supervisor.statuses[order]?.state == .starting)
        _ = supervisor.tookSlot(order, now: at(0.1))
        #expect(supervisor.statuses[order]?.state == .running)
        expectEqual(
            notes(supervisor.adopted(stock, pid: 9, restarts: 4, now: at(0))), ["runs already, process 9: adopted"])
        #expect(supervisor.statuses[stock]?.restarts == 4)
        #expect(!supervisor.isAnyStarting && supervisor.nextDue == nil)
    }

    @Test func waitsTwiceAsLongEachTimeUpToHalfAMinute() {
        var supervisor = running()
        var now = 1.0
        var waits: [Double] = []
        for _ in 0..<9 {
            expectEqual(deeds(supervisor.ended(order, .signaled(9), now: at(now))), [])
            let due = supervisor.nextDue!
            waits.append(Double(due.microseconds) / 1e6 - now)
            expectEqual(supervisor.tick(now: due + -1), [])
            expectEqual(supervisor.tick(now: due), [.start(order)])
            expectEqual(supervisor.tick(now: due), [])
            now = Double(due.microseconds) / 1e6
            _ = supervisor.started(order, pid: 11, now: at(now))
            _ = supervisor.tookSlot(order, now: at(now))
            now += 1
        }
        #expect(waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30])
        #expect(supervisor.statuses[order]?.restarts == 9)
    }

    @Test func healthForHalfAMinuteForgivesEverything() {
        var supervisor = running()
        _ = supervisor.ended(order, .exited(1), now: at(1))
        _ = supervisor.tick(now: at(2))
        _ = supervisor.started(order, pid: 11, now: at(2))
        _ = supervisor.tookSlot(order, now: at(3))
        let actions = supervisor.ended(order, .exited(1), now: at(33))
        #expect(notes(actions) == ["exited with status 1; next start in 0.5 s"])
    }

    @Test func anUnaskedCleanExitIsAnEndLikeAnyOther() {
        var supervisor = running()
        expectEqual(notes(supervisor.ended(order, .exited(0), now: at(1))), ["exited (status 0); next start in 0.5 s"])
        #expect(supervisor.statuses[order]?.state == .backingOff)
    }

    @Test func fiveEndsBeforeTheSlotMeanThatItCannotStartAndOthersGoOn() {
        var supervisor = Supervisor([order, stock])
        _ = supervisor.begin()
        _ = supervisor.started(stock, pid: 9, now: at(0))
        _ = supervisor.tookSlot(stock, now: at(0))
        var now = at(0)
        for round in 1...5 {
            _ = supervisor.started(order, pid: 10, now: now)
            let actions = supervisor.ended(order, .exited(1), now: now + 1000)
            #expect(supervisor.statuses[order]?.state == (round < 5 ? .backingOff : .cannotStart))
            #expect(notes(actions)[0].contains("cannot start") == (round == 5))
            now = supervisor.nextDue!
            expectEqual(supervisor.tick(now: now), [.start(order)])
        }
        #expect(supervisor.statuses[stock]?.state == .running)
        // It is tried again and again; a slot makes it healthy.
        _ = supervisor.started(order, pid: 10, now: now)
        _ = supervisor.tookSlot(order, now: now)
        #expect(supervisor.statuses[order]?.earlyEnds == 0)
        _ = supervisor.ended(order, .exited(1), now: now + 1)
        #expect(supervisor.statuses[order]?.state == .backingOff)
    }

    @Test func whatCannotBeSpawnedBacksOffToo() {
        var supervisor = Supervisor([order])
        _ = supervisor.begin()
        let actions = supervisor.failed(order, "no such file", now: at(0))
        #expect(notes(actions) == ["could not be started: no such file; next start in 0.5 s"])
        #expect(supervisor.nextDue == at(0.5))
    }

    @Test func aRestartDrainsAndStartsAtOnce() {
        var supervisor = running()
        expectEqual(deeds(supervisor.restart(order, because: "asked for", now: at(1))), [.signal(order, .terminate)])
        #expect(supervisor.statuses[order]?.state == .restarting)
        expectEqual(supervisor.restart(order, because: "asked for", now: at(1)), [])
        expectEqual(deeds(supervisor.ended(order, .exited(0), now: at(2))), [.start(order)])
        #expect(supervisor.statuses[order]?.restarts == 1)
        #expect(supervisor.nextDue == nil)
    }

    @Test func aRestartOfWhatWaitsStartsAtOnce() {
        var supervisor = running()
        _ = supervisor.ended(order, .exited(1), now: at(1))
        expectEqual(supervisor.restart(order, because: "asked for", now: at(1.1)), [.start(order)])
        expectEqual(supervisor.tick(now: at(10)), [])
    }

    @Test func aDrainEndsAllAndStartsNothing() {
        var supervisor = Supervisor([order, stock])
        _ = supervisor.begin()
        _ = supervisor.started(order, pid: 10, now: at(0))
        _ = supervisor.tookSlot(order, now: at(0))
        _ = supervisor.started(stock, pid: 9, now: at(0))
        _ = supervisor.ended(stock, .exited(1), now: at(1))
        expectEqual(deeds(supervisor.drain(now: at(2))), [.signal(order, .terminate)])
        expectEqual(supervisor.drain(now: at(2)), [])
        expectEqual(supervisor.tick(now: at(60)), [])
        expectEqual(supervisor.restart(order, because: "asked for", now: at(3)), [])
        expectEqual(supervisor.kill(), [.signal(order, .kill)])
        expectEqual(deeds(supervisor.ended(order, .signaled(9), now: at(4))), [.finish])
        #expect(supervisor.statuses.values.allSatisfy { $0.state == .stopped && $0.pid == nil })
    }

    @Test func aDrainOfNothingIsOverAtOnce() {
        var supervisor = running()
        _ = supervisor.ended(order, .exited(1), now: at(1))
        expectEqual(deeds(supervisor.drain(now: at(2))), [.finish])
    }

    @Test func whatStartsDuringADrainIsEnded() {
        var supervisor = Supervisor([order, stock])
        _ = supervisor.begin()
        _ = supervisor.started(order, pid: 10, now: at(0))
        _ = supervisor.drain(now: at(1))
        expectEqual(deeds(supervisor.started(stock, pid: 11, now: at(1))), [.signal(stock, .terminate)])
    }

    @Test func endsAreNamed() {
        #expect(ProcessEnd(waitStatus: 0).text == "exited (status 0)")
        #expect(ProcessEnd(waitStatus: 256).text == "exited with status 1")
        #expect(ProcessEnd(waitStatus: 9).text == "was ended by SIGKILL")
        #expect(ProcessEnd(waitStatus: 139).text == "was ended by SIGSEGV")
        #expect(ProcessEnd(waitStatus: 40).text == "was ended by signal 40")
    }

    @Test("F3: a status is dated by the time of day as it is when the status is saved")
    func dates() {
        var supervisor = running()
        _ = supervisor.ended(order, .exited(1), now: at(2))
        let before = supervisor.statuses[order]!.dated(at(1_000_002), at: at(2))
        #expect(before.since == at(1_000_002) && before.lastEndAt == at(1_000_002) && before.until == at(1_000_002.5))
        // Set back by an hour, half a second later: it is due at once, and says so.
        let after = supervisor.statuses[order]!.dated(at(996_402.5), at: at(2.5))
        #expect(after.since == at(996_402) && after.until == at(996_402.5))
        #expect(deeds(supervisor.tick(now: at(2.5))) == [.start(order)])
    }
}
