internal import Foundation
internal import Testing
internal import TroupeTesting

extension CommandLineTests {
    @Suite("What publish is given") struct PublishInput {
        @Test(
            "data that is not JSON: line, column and what was expected", .timeLimit(.minutes(4)),
            arguments: [
                (#"{"x":1,}"#, "Line 1, column 8"), ("{\"x\":1,\n \"y\": tru}", "Line 2, column 10"),
                ("", "Line 1, column 1"), ("{} {}", "Line 1, column 4"), (#"{"x":"\ud800"}"#, "Line 1, column 7"),
                ("{'x':1}", "Line 1, column 2"), ("nul", "Line 1, column 4"), ("[1,2", "Line 1, column 5"),
                (#"{"x":01}"#, "Line 1, column 7"), ("\u{FEFF}{}", "Line 1, column 1"),
            ])
        func notJSON(_ data: String, _ place: String) async throws {
            try await withProcessStage { stage in
                let isMarked = data.hasPrefix("\u{FEFF}")
                let what = isMarked ? ["byte order mark", "remove it"] : [place, "expected"]
                try await stage.refused(1, "the data is not JSON", what[0], what[1], given: ["publish", "a.b", data])
                try await stage.refused(
                    1, "the data is not JSON", what[0], given: ["publish", "a.b", "-"], input: Array(data.utf8))
                #expect(!stage.hasHome)
            }
        }

        @Test(
            "a topic outside the grammar", .timeLimit(.minutes(4)),
            arguments: [
                "A.b", "a..b", ".a", "a.", "a b", "", "a/b", "a.-b", "ä", "a*", String(repeating: "a", count: 201),
            ])
        func badTopic(_ topic: String) async throws {
            try await withProcessStage { stage in
                try await stage.refused(1, "is no topic", "shop.order.placed", given: ["publish", topic, "{}"])
                #expect(!stage.hasHome)
            }
        }

        @Test(
            "options that mean nothing", .timeLimit(.minutes(4)),
            arguments: [
                (["--context", "novalue"], 1, "--context takes k=v"), (["--context", "=v"], 1, "--context takes k=v"),
                (["--context", "k k=1"], 1, "is no context key"),
                (["--context", "k=" + String(repeating: "x", count: 9000)], 1, "may have 8192"),
                (["--traceparent", "00-zz"], 1, "is no traceparent"), (["--id", "a b/c"], 1, "is no flow id"),
                (["--id", ""], 1, "is no flow id"), (["--key", ""], 1, "partitionkey"),
                (["--timeout", "5"], 64, "500ms, 10s, 2m"), (["--timeout", "soon"], 64, "500ms, 10s, 2m"),
                (["--timeout=-5s"], 64, "500ms, 10s, 2m"), (["--timeout", "nans"], 64, "500ms, 10s, 2m"),
                (["--durability", "sync"], 64, "synced, written or memory"),
                (["--lines", "--id", "x"], 64, "--id names one flow"), (["--awiat"], 64, "Did you mean '--await'?"),
                (["--home", ""], 1, "--home is empty"),
            ] as [([String], Int32, String)])
        func badOptions(_ options: [String], _ status: Int32, _ part: String) async throws {
            try await withProcessStage { stage in
                try await stage.refused(status, part, given: ["publish", "a.b", "{}"] + options)
                #expect(!stage.hasHome)
            }
        }

        @Test("data over the limit, and just within it", .timeLimit(.minutes(4)))
        func limit() async throws {
            try await withProcessStage { stage in
                let path = stage.folder + "/large.json"
                func file(_ count: Int) throws {
                    try Data("\"\(String(repeating: "x", count: count - 2))\"".utf8).write(
                        to: URL(fileURLWithPath: path))
                }
                try file(65_537)
                try await stage.refused(
                    1, "the data has more than the 65536 bytes", given: ["publish", "a.b", "@" + path])
                // A source without an end is not read to its end.
                try await stage.refused(
                    1, "the data has more than the 65536 bytes", given: ["publish", "a.b", "@/dev/zero"])
                #expect(!stage.hasHome)
                try file(65_536)
                let output = try await stage.run("troupe", "publish", "a.b", "@" + path)
                #expect(output.status == .exited(0), "\(output)")
            }
        }

        @Test("a file that is missing, or a folder", .timeLimit(.minutes(4)))
        func missingFile() async throws {
            try await withProcessStage { stage in
                let path = stage.folder + "/missing.json"
                try await stage.refused(
                    1, path, "cannot be read: No such file or directory", given: ["publish", "a.b", "@" + path])
                try await stage.refused(
                    1, "cannot be read: Is a directory", given: ["publish", "a.b", "@" + stage.folder])
                #expect(!stage.hasHome)
                try await stage.refused(
                    1, path, "cannot be read: No such file or directory",
                    given: ["publish", "a.b", "@" + path, "--lines"])
            }
        }

        @Test("a bad line in the middle: those before it are published and counted", .timeLimit(.minutes(4)))
        func badLine() async throws {
            try await withProcessStage { stage in
                let lines = Array("{\"n\":1}\n\n{\"n\":2}\n{\"n\":}\n{\"n\":3}\n".utf8)
                try await stage.refused(
                    1, "line 4 is not JSON", "Line 1, column 6", "(2 events before it were published at synced",
                    given: ["publish", "a.b", "-", "--lines"], input: lines)
                let path = stage.folder + "/lines"
                try Data(lines).write(to: URL(fileURLWithPath: path))
                try await stage.refused(
                    1, "line 4 is not JSON", "2 events before it", given: ["publish", "a.b", "@" + path, "--lines"])
                try await stage.refused(
                    1, "line 2 is not JSON", "1 event before it was published",
                    given: ["publish", "a.b", "{}\n{", "--lines"])
                try await stage.refused(
                    1, "line 3 has more than the 65536 bytes", "2 events before it",
                    given: ["publish", "a.b", "-", "--lines"],
                    input: Array("{}\n{}\n".utf8) + [UInt8](repeating: 0x31, count: 400_000))

                // What was said to be published is there, no more and no less.
                let handle = try stage.start("troupe", "tap", "--timeout", "50s")
                try await stage.eventually("tap looks") { handle.standardError.contains("tapping 1 journal of") }
                let journal = try Data(
                    contentsOf: URL(fileURLWithPath: stage.home + "/journals/ingress.0/0000000000000000.seg"))
                #expect(journal.count(of: #"{"n":1}"#) == 2)
                #expect(journal.count(of: #"{"n":2}"#) == 2)
                #expect(journal.count(of: #"{"n":3}"#) == 0)
            }
        }

        @Test("nothing to publish is no mistake", .timeLimit(.minutes(4)))
        func nothing() async throws {
            try await withProcessStage { stage in
                let output = try await stage.run("troupe", "publish", "a.b", "-", "--lines")
                #expect(output.status == .exited(0), "\(output)")
                #expect(output.standardOutput == "published 0 events at synced\n")
            }
        }
    }
}

extension Data {
    /// How often a text stands in the data.
    func count(of text: String) -> Int {
        var count = 0
        var rest = startIndex..<endIndex
        while let found = range(of: Data(text.utf8), in: rest) {
            count += 1
            rest = found.upperBound..<endIndex
        }
        return count
    }
}
