internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("The launcher") struct Launchers {
        @Test("up, a flow, down, down again: nothing is left but the data", .timeLimit(.minutes(2)))
        func upAndDown() async throws {
            try await withShopFile { stage in
                try await stage.up()
                let listing = try await stage.ps()
                #expect(listing.handlers.map(\.handler) == ProcessStage.handlers)
                #expect(listing.handlers.allSatisfy { $0.state == "running" && $0.pid != nil && $0.restarts == 0 })
                #expect(listing.launcher == (try stage.launcher()))
                try await stage.settle(5)
                let done = try await stage.ps()
                #expect(done.handlers.allSatisfy { $0.behind == 0 && $0.parked == 0 && $0.deadLetters == 0 })

                let down = try await stage.troupe("down")
                #expect(down.standardOutput == "stopped: order, payment, stock\n")
                try stage.expectNothingLeft()
                let again = try await stage.troupe("down")
                #expect(again.standardOutput.hasPrefix("nothing to stop: "))
                let stopped = try await stage.ps()
                #expect(stopped.handlers.allSatisfy { $0.state == "stopped" && $0.pid == nil })
                #expect(
                    stage.names(in: "journals") == ["ingress.0", "ingress.0.turn", "order.0", "payment.0", "stock.0"])

                try await stage.up()
                try await stage.settle(5)
                try await stage.troupe("down", "--purge")
                #expect(!FileManager.default.fileExists(atPath: stage.home))
                try await stage.troupe("down")
            }
        }

        @Test(
            "kill -9 of the launcher: handlers go on, another one adopts them, down stops all", .timeLimit(.minutes(2)))
        func launcherKilled() async throws {
            try await withShopFile { stage in
                try await stage.up()
                let pids = try ProcessStage.handlers.map { try stage.holder($0) }
                let first = try #require(try stage.launcher())
                stage.kill9(first)
                try await stage.eventually("the launcher is gone") { try stage.launcher() == nil }
                try await stage.settle(20)
                #expect(try await stage.ps().handlers.map(\.pid) == pids)

                try await stage.up()
                #expect(try stage.launcher() != first)
                #expect(try ProcessStage.handlers.map { try stage.holder($0) } == pids)
                #expect(stage.log("launcher").contains("order runs already, process \(pids[0]!): adopted"))
                // An adopted handler is looked after like a child.
                stage.kill9(pids[1]!)
                try await stage.ps("payment is back") {
                    $0["payment"]?.state == "running" && $0["payment"]?.restarts == 1
                }
                try await stage.settle(20)
                try await stage.troupe("down")
                try stage.expectNothingLeft()
                #expect(try Census(stage).repeated == [])
            }
        }

        @Test("down without a launcher stops every handler, killed ones' sockets too", .timeLimit(.minutes(2)))
        func downWithoutLauncher() async throws {
            try await withShopFile { stage in
                try await stage.up()
                stage.kill9(try #require(try stage.launcher()))
                try await stage.eventually("the launcher is gone") { try stage.launcher() == nil }
                stage.kill9(try #require(try stage.holder("stock")))
                try await stage.eventually("stock is gone") { try stage.holder("stock") == nil }
                #expect(stage.names(in: "run").count == 6)
                let down = try await stage.troupe("down")
                #expect(down.standardOutput == "stopped: order, payment\n")
                try stage.expectNothingLeft()
            }
        }

        @Test(
            "kill -9 of handlers in the middle of a stream: restarted, each step exactly once", .timeLimit(.minutes(3)))
        func handlersKilled() async throws {
            try await withShopFile { stage in
                try await stage.up()
                let count = 1000
                let publisher = try stage.start(
                    "troupe", "publish", "shop.order.placed", "-", "--lines", "--await", "--timeout", "120s",
                    input: orders(0..<count))
                for (index, name) in ProcessStage.handlers.enumerated() {
                    try await stage.eventually("\(name) has done something") {
                        stage.size(of: "journals/\(name).0") > 30_000 * (index + 1) || !publisher.isRunning
                    }
                    if let pid = try stage.holder(name) { stage.kill9(pid) }
                }
                #expect(
                    try await publisher.waitForExit(within: .seconds(130)) == .exited(0), "\(publisher.standardError)")
                let listing = try await stage.ps("all are back") {
                    $0.handlers.allSatisfy { $0.state == "running" && $0.restarts == 1 }
                }
                #expect(listing.handlers.allSatisfy { $0.lastEnd == "was ended by SIGKILL" })
                try Census(stage).expectWholeShop(count)
                try await stage.troupe("down")
                try stage.expectNothingLeft()
            }
        }

        @Test("twice at once: one of them is refused, naming the other", .timeLimit(.minutes(2)))
        func twiceAtOnce() async throws {
            try await withShopFile { stage in
                let both = try (0..<2).map { _ in try stage.start("troupe", "up", stage.file) }
                try await stage.eventually("one of them has ended") { both.contains { !$0.isRunning } }
                let loser = try #require(both.first { !$0.isRunning })
                let winner = try #require(both.first { $0 !== loser })
                #expect(loser.status == .exited(1))
                #expect(loser.standardError.contains("already up: "), "\(loser.standardError)")
                for name in ProcessStage.handlers { try await stage.hears(name) }
                try await stage.ps("all run") { list in
                    ProcessStage.handlers.allSatisfy { list[$0]?.state == "running" }
                }
                let third = try await stage.troupe("up", stage.file, status: 1)
                #expect(third.standardError.contains("already up: process \(winner.pid) "))
                winner.terminate()
                #expect(try await winner.waitForExit() == .exited(0))
                #expect(winner.standardOutput.contains("every handler has stopped"))
                try stage.expectNothingLeft()
            }
        }

        @Test("F2: Ctrl-C drains, and a second one, after a second, does not wait", .timeLimit(.minutes(2)))
        func interrupts() async throws {
            try await withShopFile { stage in
                try stage.writeFile("  clumsy: { executable: test-handlers }\nloops: [test.round.asked]")
                let up = try stage.start("troupe", "up", stage.file)
                try await stage.hears("clumsy")
                try await stage.ps("clumsy runs") { $0["clumsy"]?.state == "running" }
                let gate = stage.folder + "/gate"
                _ = try await stage.publish("test.held.asked", #"{"number":1,"gate":"\#(gate)"}"#)
                try await stage.eventually("it is in hand") { FileManager.default.fileExists(atPath: gate + ".begun") }
                let begin = ContinuousClock.now
                up.interrupt()
                try await stage.eventually("it drains") { up.standardOutput.contains("clumsy draining") }
                #expect(up.isRunning)
                // Those of the first second count as one.
                try await stage.eventually("it is asked for haste") {
                    up.interrupt()
                    return up.standardOutput.contains("ending them at once")
                }
                #expect(ContinuousClock.now - begin >= .seconds(1))
                #expect(try await up.waitForExit() == .exited(0))
                #expect(up.standardOutput.contains("clumsy was ended by SIGKILL"), "\(up.standardOutput)")
                try stage.expectNothingLeft()
                // What was in hand is handled at the next start.
                _ = FileManager.default.createFile(atPath: gate, contents: nil)
                try await stage.up()
                try await stage.ps("it is handled") { $0["clumsy"]?.behind == 0 }
                try await stage.troupe("down")
            }
        }
    }
}
