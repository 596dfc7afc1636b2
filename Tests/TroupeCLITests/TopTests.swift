internal import Choreography
internal import Envelope
internal import Testing
internal import Troupe

@testable import TroupeCLI

/// The table as text: a pure function of samples, keys and a size.
@Suite("The table of top") struct TopTests {
    @Test("shows rates, lag and delays in 80 columns")
    func golden() throws {
        var model = TopModel()
        for sample in try [sample(at: 0), sample(at: 2)] { model.take(sample) }
        #expect(
            TopScreen(width: 80, height: 10, style: .plain).lines(model) == [
                "troupe top  bakery                                                      00:00:02",
                "2 of 4 running · launcher 77 · published 512/s",
                "HANDLER      STATE        IN/s OUT/s   LAG   P50   P99 RETRY DEAD  DISK RESTARTS",
                "delivery-to… backing off     0     0   12k     -     -     0    3   52B        7",
                "oven         running       512  1024     0 1.9ms  47ms     2    0  1.2M        0",
                "shelf        running       0.5     0     1  2.0s  2.0s     0    0   64M        1",
                "till         stopped         0     0     -     -     -     -    -     -        0",
                "", "", "q quit  s sort  r reverse  / filter  h help",
            ])
    }

    @Test("drops columns from the right where it is narrow, and adds some where it is wide")
    func widths() throws {
        var model = TopModel()
        model.take(try sample(at: 0))
        model.take(try sample(at: 2))
        func title(_ width: Int) -> String { TopScreen(width: width, height: 10, style: .plain).lines(model)[2] }
        #expect(title(42) == "HANDLER      STATE        IN/s OUT/s   LAG")
        #expect(title(20) == "HANDLER             ")
        #expect(title(120).hasSuffix("RESTARTS MEMORY UPTIME     PID"))
        for width in 1...140 {
            for line in TopScreen(width: width, height: 10, style: .plain).lines(model) {
                #expect(line.count <= width, "\(width): \(line)")
            }
        }
    }

    @Test("never has more lines than the screen", arguments: [1, 3, 4, 5, 8, 30])
    func heights(_ height: Int) throws {
        var model = TopModel()
        model.take(try sample(at: 0))
        let screen = TopScreen(width: 80, height: height, style: .plain)
        model.page = screen.page
        #expect(screen.lines(model).count == height || height < 5)
        #expect(screen.lines(model).count <= height)
        _ = model.press(.character("h"))
        #expect(screen.lines(model).count <= height)
    }

    @Test("sorts by the next column, from the greatest, and the other way round")
    func sorting() throws {
        var model = TopModel()
        for sample in try [sample(at: 0), sample(at: 2)] { model.take(sample) }
        for _ in 0..<4 { _ = model.press(.character("s")) }
        #expect(model.sort == .lag)
        #expect(model.rows.map(\.handler) == ["delivery-to-the-door", "shelf", "oven", "till"])
        _ = model.press(.character("r"))
        #expect(model.rows.map(\.handler) == ["till", "oven", "shelf", "delivery-to-the-door"])
        _ = model.press(.character("S"))
        #expect(model.sort == .outgoing && !model.isReversed)
        let titles = TopScreen(width: 80, height: 10, style: .plain).lines(model)[2]
        #expect(titles == "HANDLER      STATE        IN/s▾OUT/s   LAG   P50   P99 RETRY DEAD  DISK RESTARTS")
    }

    @Test("filters by name and state while it is typed, scrolls, and ends by q")
    func keys() throws {
        var model = TopModel()
        model.take(try sample(at: 0))
        for key in TopKey.read(Array("/run".utf8)) { _ = model.press(key) }
        #expect(model.rows.map(\.handler) == ["oven", "shelf"])
        _ = model.press(.backspace)
        for key in TopKey.read(Array("n sh\r".utf8)) { _ = model.press(key) }
        #expect(model.rows.map(\.handler) == ["shelf"])
        #expect(
            TopScreen(width: 80, height: 10, style: .plain).lines(model).last
                == "filter 'run sh': 1 of 4  q quit  s sort  r reverse  / filter  h help")
        _ = model.press(.escape)
        model.page = 3
        for _ in 0..<9 { _ = model.press(.down) }
        #expect(model.offset == 1)
        _ = model.press(.pageUp)
        #expect(model.offset == 0)
        _ = model.press(.character("h"))
        #expect(model.mode == .help)
        expectEqual(model.press(.character("x")), true)
        #expect(model.mode == .table)
        expectEqual(model.press(.character("q")), false)
    }

    @Test("keeps what was known when the home cannot be read, and says why")
    func problems() throws {
        var model = TopModel()
        model.take(try sample(at: 0))
        model.fail("there is no home at /x")
        let lines = TopScreen(width: 80, height: 10, style: .plain).lines(model)
        #expect(lines.last == "there is no home at /x")
        #expect(lines.contains { $0.hasPrefix("oven") })
        model.take(try sample(at: 9))
        #expect(model.rows.allSatisfy { $0.inPerSecond == nil }, "rates begin anew")
    }

    @Test("takes rates over the window, not since it began")
    func window() throws {
        var model = TopModel()
        for second in 0...20 { model.take(try sample(at: Int64(second), heard: second < 10 ? 0 : 100)) }
        #expect(model.figures?.windowSeconds == 5)
        #expect(model.figures?.handlers.first { $0.handler == "oven" }?.inPerSecond == 0)
    }

    @Test("reads keys as terminals send them")
    func reading() {
        let bytes = Array("a\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}[6~\u{1B}[1;5C\u{7F}\r\u{1B}".utf8)
        #expect(
            TopKey.read(bytes) == [.character("a"), .up, .down, .pageUp, .pageDown, .backspace, .enter, .escape])
        #expect(TopKey.read(Array("\u{1B}[12".utf8)) == [])
    }

    @Test("writes numbers in five characters")
    func numbers() {
        #expect(
            [0, 0.04, 0.36, 9.94, 9.96, 999, 9999, 12_345, 1_234_567].map(TopNumber.rate)
                == ["0", "<0.1", "0.4", "9.9", "10", "999", "9999", "12k", "1.2M"])
        #expect(
            [0, 9999, 10_000, 999_999, 1_000_000].map { TopNumber.count($0) } == ["0", "9999", "10k", "999k", "1.0M"])
        #expect(
            [0, 1023, 1024, 1_048_575, 1 << 20, 1 << 36].map(TopNumber.bytes) == [
                "0B", "1023B", "1.0K", "1023K", "1.0M", "64G",
            ])
        #expect(
            [0, 999, 1000, 9949, 9950, 999_999, 1_000_000, 59_999_999, 60_000_000, 7_200_000_000, 172_800_000_000]
                .map(TopNumber.time) == [
                    "0µs", "999µs", "1.0ms", "9.9ms", "9ms", "999ms", "1.0s", "59s", "1m", "2h", "2d",
                ])
        for value in (0..<60).map({ Int64(1) << $0 }) { #expect(TopNumber.time(value).count <= 8, "\(value)") }
    }

    @Test("says the same in JSON")
    func goldenJSON() throws {
        func oven(_ sample: TopSample) -> TopSample {
            var sample = sample
            sample.handlers = sample.handlers.filter { $0.row.handler == "oven" }
            return sample
        }
        let figures = TopFigures(oven(try sample(at: 4)), since: oven(try sample(at: 0)))
        #expect(
            try figures.json() == """
                {
                  "choreography" : "bakery",
                  "handlers" : [
                    {
                      "deadLetters" : 0,
                      "handler" : "oven",
                      "inPerSecond" : 512,
                      "journalBytes" : 1300000,
                      "lag" : 0,
                      "memoryBytes" : null,
                      "outPerSecond" : 1024,
                      "p50Microseconds" : 1856,
                      "p99Microseconds" : 47104,
                      "pid" : null,
                      "restarts" : 0,
                      "retriesPerSecond" : 0,
                      "retrying" : 2,
                      "state" : "running",
                      "uptimeSeconds" : null
                    }
                  ],
                  "home" : "/srv/bakery",
                  "launcher" : 77,
                  "publishedPerSecond" : 512,
                  "time" : "1970-01-01T00:00:04.000000Z",
                  "unknown" : [

                  ],
                  "unreadable" : [

                  ],
                  "windowSeconds" : 4
                }
                """)
    }

    @Test("has every key in JSON always")
    func json() throws {
        let figures = TopFigures(try sample(at: 0), since: nil)
        let text = try figures.json()
        for key in ["inPerSecond", "p50Microseconds", "pid", "publishedPerSecond"] {
            #expect(text.contains("\"\(key)\" : null"), "\(key)\n\(text)")
        }
        #expect(text.contains("\"time\" : \"1970-01-01T00:00:00"))
    }

    // MARK: parts

    /// Four handlers after some seconds of which each heard and said what their names let expect.
    private func sample(at seconds: Int64, heard: Int64? = nil) throws -> TopSample {
        func handler(_ name: String, _ state: String, _ change: (inout TopSample.Handler) -> Void) -> TopSample.Handler
        {
            var handler = TopSample.Handler(
                row: HandlerRow(handler: name, state: state, restarts: 0, isRegistered: true, log: []))
            change(&handler)
            return handler
        }
        var sample = TopSample(
            time: Timestamp(microseconds: seconds * 1_000_000), clock: Timestamp(microseconds: seconds * 1_000_000),
            home: "/srv/bakery", choreography: "bakery", launcher: 77, handlers: [])
        sample.published = UInt64(512 * seconds)
        sample.handlers = [
            handler("delivery-to-the-door", "backing off") {
                ($0.row.restarts, $0.row.behind, $0.row.deadLetters) = (7, 12_345, 3)
                ($0.retrying, $0.journalBytes) = (0, 52)
            },
            handler("oven", "running") {
                $0.row.behind = 0
                $0.row.deadLetters = 0
                ($0.retrying, $0.journalBytes) = (2, 1_300_000)
                $0.totals.heard = UInt64(heard ?? 512 * seconds)
                $0.totals.said = UInt64(1024 * seconds)
                for _ in 0..<98 * seconds { $0.totals.delays.add(1900) }
                for _ in 0..<2 * seconds { $0.totals.delays.add(48_000) }
            },
            handler("shelf", "running") {
                ($0.row.restarts, $0.row.behind, $0.row.deadLetters) = (1, 1, 0)
                ($0.retrying, $0.journalBytes) = (0, 64 << 20)
                $0.totals.heard = UInt64(seconds / 2)
                if seconds > 1 { $0.totals.delays.add(2_000_000) }
            },
            handler("till", "stopped") { _ in },
        ]
        return sample
    }
}
