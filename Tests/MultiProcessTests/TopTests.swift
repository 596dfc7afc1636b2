internal import Foundation
internal import Testing
internal import Troupe
internal import TroupeTesting

extension MultiProcess {
    @Suite("troupe top") struct Top {
        @Test("takes keys and sizes in a terminal, and gives it back however it ends")
        func terminal() async throws {
            let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Python/drive_top.py")
            try await withProcessStage { stage in
                try stage.start("test-handlers")
                try await stage.hears("clumsy")
                let done = try await stage.run(
                    "/usr/bin/env", "python3", script.path, stage.executables + "/troupe", stage.home)
                #expect(done.status == .exited(0), "\(done)")
                #expect(done.standardError == "" && done.standardOutput == "", "\(done)")
            }
        }

        @Test("prints once where there is no terminal: rates, lag and delays from the journals alone")
        func snapshot() async throws {
            try await withProcessStage { stage in
                let handler = try stage.start("test-handlers")
                try await stage.hears("clumsy")
                // Published all the while, for nobody knows when its two looks are.
                let top = try stage.start("troupe", "top", "--format", "json", "--interval", "3s")
                while top.isRunning {
                    _ = try await stage.run("troupe", "publish", "test.later.asked", #"{"number":1}"#, "--await")
                }
                #expect(top.status == .exited(0), "\(top.standardError)")
                let figures = try #require(
                    try JSONSerialization.jsonObject(with: Data(top.standardOutput.utf8)) as? [String: Any])
                let rows = try #require(figures["handlers"] as? [[String: Any]])
                let row = try #require(rows.first)
                #expect(row["handler"] as? String == "clumsy")
                #expect(row["state"] as? String == "running")
                #expect(row["lag"] as? Int != nil)
                #expect(try #require(row["inPerSecond"] as? Double) > 0)
                let (p50, p99) = (row["p50Microseconds"] as? Int ?? -1, row["p99Microseconds"] as? Int ?? -1)
                #expect(0 < p50 && p50 <= p99 && p99 < 60_000_000)
                #expect(try #require(figures["publishedPerSecond"] as? Double) > 0)
                let text = try await stage.run("troupe", "top", "--once", "--interval", "100ms", "--sort", "dead")
                let lines = text.standardOutput.split(separator: "\n")
                #expect(lines.count == 4, "\(text)")
                #expect(lines[1] == "1 of 1 running · no launcher · published 0/s", "\(text)")
                #expect(lines[2].contains("▾DEAD"))
                handler.terminate()
                _ = try await handler.waitForExit()
                let after = try await stage.run("troupe", "top", "--once", "--interval", "100ms")
                #expect(after.standardOutput.contains("clumsy       stopped"), "\(after)")
            }
        }

        @Test("says what a column is called")
        func wrongColumn() async throws {
            try await withProcessStage { stage in
                let done = try await stage.run("troupe", "top", "--sort", "lga")
                #expect(done.status == .exited(64))
                #expect(done.standardError.contains("did you mean 'lag'?"), "\(done)")
            }
        }
    }
}
