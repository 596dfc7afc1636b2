internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("Events that end their process") struct Poison {
        /// Starts the handler again whenever it ends, until the publisher does. Returns how often.
        private func restart(
            _ handler: inout ProcessHandle, until publisher: ProcessHandle, on stage: ProcessStage
        ) async throws -> Int {
            var ends = 0
            while publisher.isRunning {
                let running = handler
                try await stage.eventually("the handler or the publisher ends") {
                    !running.isRunning || !publisher.isRunning
                }
                guard publisher.isRunning else { break }
                #expect(try await handler.waitForExit() == .signalled(9))
                ends += 1
                try #require(ends < 20, "it goes on and on")
                handler = try stage.start("test-handlers")
            }
            return ends
        }

        @Test("five ends in a row make a dead letter; what stood beside it is handled", .timeLimit(.minutes(4)))
        func fiveInARow() async throws {
            try await withProcessStage { stage in
                func tally(_ name: String) -> String { stage.folder + "/" + name }
                // One batch: harmless events beside one that ends two processes and one that ends them all.
                let jobs = [("a", 0), ("twice", 2), ("b", 0), ("always", 1000), ("c", 0)].map { name, deaths in
                    #"{"deaths":\#(deaths),"tally":"\#(tally(name))"}"#
                }
                var handler = try stage.start("test-handlers")
                try await stage.hears("clumsy")
                handler.pause()
                let publisher = try stage.start(
                    "troupe", "publish", "test.deadly.asked", "-", "--lines", "--await", "--timeout", "60s",
                    input: Array((jobs.joined(separator: "\n") + "\n").utf8))
                try await stage.eventually("they are published") { stage.size(of: "journals/ingress.0") > 500 }
                handler.resume()
                var ends = try await restart(&handler, until: publisher, on: stage)
                #expect(ends == 7)
                #expect(publisher.status == .exited(1))
                let output = publisher.standardOutput
                #expect(output.contains("4 of 5 flows settled") || output.contains("5 of 5 flows settled"), "\(output)")
                #expect(try Data(contentsOf: URL(fileURLWithPath: tally("twice"))).count == 2)
                #expect(try Data(contentsOf: URL(fileURLWithPath: tally("always"))).count == 5)
                let dead = try await stage.run("troupe", "dead", "list")
                #expect(
                    dead.standardOutput.contains(
                        "poison: the handler's process ended 5 times in a row while it handled this event"), "\(dead)")
                let census = try Census(stage)
                #expect(census.handled["clumsy"]?["test.deadly.asked"] == 4)
                #expect(census.dead == 1)
                #expect(census.heardTwice.isEmpty)

                // A clean stop and start writes nothing beforehand.
                handler.terminate()
                #expect(try await handler.waitForExit() == .exited(0))
                let journal = try await stage.run("troupe", "journal", "cat", "clumsy")
                #expect(journal.standardOutput.hasSuffix("  closed\n"), "\(journal)")

                // Nor does the next process begin without a sign, should it die of the first thing that it hears.
                handler = try stage.start("test-handlers")
                try await stage.hears("clumsy")
                let again = try stage.start(
                    "troupe", "publish", "test.deadly.asked", #"{"deaths":1000,"tally":"\#(tally("again"))"}"#,
                    "--await",
                    "--timeout", "60s")
                ends = try await restart(&handler, until: again, on: stage)
                #expect(ends == 6)
                #expect(again.status == .exited(1))
                #expect(try Census(stage).dead == 2)
            }
        }
    }
}
