internal import Choreography
internal import Envelope
internal import Foundation
internal import Testing
internal import Troupe

@testable import TroupeCLI

@Suite("Parts of the launcher") struct LauncherPartTests {
    @Test(
        "the nearest name",
        arguments: [
            ("paymnt", "payment"), ("ordre", "order"), ("stok", "stock"), ("payment", "payment"),
        ])
    func nearest(_ word: String, _ expected: String) {
        #expect(Nearest.to(word, among: ["order", "payment", "stock"]) == expected)
    }

    @Test func whatIsFarFromAllHasNoNearest() {
        #expect(Nearest.to("warehouse", among: ["order", "payment", "stock"]) == nil)
        #expect(Nearest.distance("kitten", "sitting") == 3)
        #expect(Nearest.distance("", "abc") == 3)
        #expect(Nearest.distance("ab", "ba") == 1)
    }

    @Test func aProgramIsAnotherOneOnceItsFileIsAtRest() {
        func stamp(_ size: Int64) -> ExecutableWatch.Stamp { .init(device: 1, inode: 1, size: size, modified: size) }
        func at(_ milliseconds: Int64) -> Timestamp { Timestamp(microseconds: milliseconds * 1000) }
        var watch = ExecutableWatch(stamp(1))
        expectEqual(watch.observe(stamp(1), now: at(0)), false)
        #expect(!watch.isPending)
        expectEqual(watch.observe(nil, now: at(100)), false)
        expectEqual(watch.observe(stamp(2), now: at(200)), false)
        #expect(watch.isPending)
        expectEqual(watch.observe(stamp(3), now: at(600)), false)
        expectEqual(watch.observe(stamp(3), now: at(1000)), false)
        expectEqual(watch.observe(stamp(3), now: at(1100)), true)
        expectEqual(watch.observe(stamp(3), now: at(2000)), false)
        // The same bytes in another file are another build; going back before the rest is none.
        expectEqual(watch.observe(stamp(4), now: at(2100)), false)
        expectEqual(watch.observe(stamp(3), now: at(2200)), false)
        expectEqual(watch.observe(stamp(3), now: at(9000)), false)
    }

    @Test func aLogIsReadLineByLine() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "troupe-log-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }
        var tail = LogTail(path)
        expectEqual(tail.lines(), [])
        try write("one\ntw")
        expectEqual(tail.lines(), ["one"])
        try write("one\ntwo\n\nthr")
        expectEqual(tail.lines(), ["two", ""])
        expectEqual(tail.lines(includingRest: true), ["thr"])
        try write("new\n")
        expectEqual(tail.lines(), ["new"])
        try write("a\nb\nc\nd\n")
        #expect(LogTail.last(2, of: path) == ["c", "d"])
        #expect(LogTail.last(9, of: path, from: 4) == ["c", "d"])
    }

    @Test("F12: a log that took the place of one that was moved away is read from its beginning")
    func aLogThatWasMovedAway() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "troupe-log-\(UUID().uuidString)").path
        defer { for path in [path, path + ".1"] { try? FileManager.default.removeItem(atPath: path) } }
        try Data("one\n".utf8).write(to: URL(filePath: path))
        var tail = LogTail(path)
        expectEqual(tail.lines(), [])
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        try Data("longer than the one before\n".utf8).write(to: URL(filePath: path))
        expectEqual(tail.lines(), ["longer than the one before"])
    }

    @Test func linesHaveTheirHandlersName() {
        let plain = LinePrefix(["order", "notification"], isColored: false)
        #expect(plain.line("order", "hello") == "order        | hello")
        let colored = LinePrefix(["order", "payment"], isColored: true)
        #expect(colored.line("order", "x") == "\u{1B}[36morder   |\u{1B}[0m x")
        #expect(colored.line("payment", "x") == "\u{1B}[33mpayment |\u{1B}[0m x")
    }

    @Test func theTableIsAligned() throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "troupe-ps-\(UUID().uuidString)").path
        try Home(home).prepare(choreography: "b")
        defer { try? FileManager.default.removeItem(atPath: home) }
        var status = try HomeStatus(Home(home))
        #expect(status.handlers == [])
        status.handlers = [
            HandlerRow(
                handler: "order", state: "running", pid: 4711, uptimeSeconds: 3725, restarts: 0, isRegistered: true,
                behind: 12, parked: 1, deadLetters: 0, memoryBytes: 25_270_000, log: []),
            HandlerRow(
                handler: "payment", state: "backing off", restarts: 3, isRegistered: true, behind: 0, parked: 0,
                deadLetters: 0, lastEnd: "exited with status 1", nextStart: Timestamp(microseconds: 9_000_000),
                log: ["no"]),
        ]
        #expect(
            status.lines(style: .plain, now: Timestamp(microseconds: 5_000_000)) == [
                "HANDLER  STATE         PID  UPTIME  RESTARTS  BEHIND  PARKED  DEAD  MEMORY",
                "order    running      4711   1h 2m         0      12       1     0   24.1M",
                "payment  backing off     -       -         3       0       0     0       -",
                "  it exited with status 1; next start in 4s",
                "  | no",
            ])
    }

    @Test func behindCountsWhatNoCursorCovers() throws {
        let topic = try Topic("x.y")
        let (stove, oven) = (try PublisherID("stove.0"), try PublisherID("oven.0"))
        var said = SlotState()
        said.say(topic, sequence: 10)
        var heard = SlotState()
        let stream = StreamID(stove, topic)
        heard.hear(HeardRun(stream, epoch: 1, range: 1...4, outcome: .handled))
        heard.hear(HeardRun(stream, epoch: 1, range: 7...8, outcome: .handled))
        let registration = Registration(handler: oven.handler, topics: [topic: .earliest])
        #expect(HandlerBacklog(registration, states: [stove: said, oven: heard]).behind == 4)
        #expect(HandlerBacklog(registration, states: [stove: said]).behind == 10)
        let late = Registration(handler: oven.handler, topics: [topic: .latest(tips: [stove: 7])])
        #expect(HandlerBacklog(late, states: [stove: said]).behind == 3)
    }
}
