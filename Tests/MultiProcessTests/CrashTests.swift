internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("Crashes and restarts") struct Crashes {
        @Test(
            "kill -9 of any handler in the middle of a stream, again and again: each step exactly once",
            .timeLimit(.minutes(4)), arguments: [1, 2, 3] as [UInt64])
        func killedInTheMiddle(_ seed: UInt64) async throws {
            var random = SplitMix(seed)
            let level = ["synced", "written"][Int(seed % 2)]
            try await withProcessStage { stage in
                var handles: [String: ProcessHandle] = [:]
                for name in ProcessStage.shop { handles[name] = try stage.start(name, "--durability", level) }
                for name in ["order", "payment", "stock"] { try await stage.hears(name) }

                let count = 3000
                let publisher = try stage.start(
                    "troupe", "publish", "shop.order.placed", "-", "--lines", "--await", "--timeout", "120s",
                    input: orders(0..<count))
                for _ in 0..<12 {
                    // Killed once it has got somewhere, at a point that the seed chooses.
                    let name = ProcessStage.shop.randomElement(using: &random)!
                    let handler = String(name.dropFirst(5))
                    let before = stage.size(of: "journals/\(handler).0")
                    let amount = Int.random(in: 1...120_000, using: &random)
                    try await stage.eventually("\(handler) has written \(amount) bytes, or all is done") {
                        stage.size(of: "journals/\(handler).0") - before >= amount || !publisher.isRunning
                    }
                    let victim = try #require(handles[name])
                    victim.kill()
                    #expect(try await victim.waitForExit() == .signalled(9))
                    handles[name] = try stage.start(name, "--durability", level)
                }
                #expect(
                    try await publisher.waitForExit(within: .seconds(130)) == .exited(0), "\(publisher.standardError)")
                #expect(publisher.standardOutput.contains("\(count) of \(count) flows settled"))
                try Census(stage).expectWholeShop(count)
            }
        }

        @Test("killed while it starts, twenty times: the next start goes on", .timeLimit(.minutes(4)))
        func killedAtStart() async throws {
            var random = SplitMix(20)
            try await withProcessStage { stage in
                let published = try await stage.publish("shop.order.placed", "-", "--lines", input: orders(0..<200))
                #expect(published.status == .exited(0), "\(published)")
                for _ in 0..<20 {
                    let victim = try stage.start("shop-order")
                    let steps = Int.random(in: 0...6, using: &random)
                    let marks = ["registrations", "journals/order.0", "directory", "run"]
                    if steps < marks.count {
                        try await stage.eventually("\(marks[steps]) holds something") {
                            !stage.names(in: marks[steps]).isEmpty
                        }
                    }
                    victim.kill()
                    try await victim.waitForExit()
                }
                try await stage.startShop()
                let one = try await stage.publish("shop.order.placed", order("last"), "--await", "--timeout", "60s")
                #expect(one.status == .exited(0), "\(one)")
                try await stage.wholeShop(201).expectWholeShop(201)
            }
        }

        @Test(
            "SIGTERM and SIGINT drain: status 0, no directory record, no socket", .timeLimit(.minutes(4)),
            arguments: [15, 2] as [Int32])
        func drains(_ signal: Int32) async throws {
            try await withProcessStage { stage in
                let handles = try await stage.startShop()
                let count = 2000
                let published = try await stage.publish(
                    "shop.order.placed", "-", "--lines", input: orders(0..<count))
                #expect(published.status == .exited(0), "\(published)")
                for handle in handles { handle.send(signal: signal) }
                for handle in handles {
                    #expect(try await handle.waitForExit() == .exited(0), "\(handle.standardError)")
                    #expect(handle.standardError == "")
                }
                #expect(stage.names(in: "directory") == [])
                #expect(stage.names(in: "run") == [])
                #expect(stage.names(in: "registrations") == ["order.json", "payment.json", "stock.json"])

                // What was in hand when it ended is taken up where it was left.
                try await stage.startShop()
                let last = try await stage.publish("shop.order.placed", order("last"), "--await", "--timeout", "60s")
                #expect(last.status == .exited(0), "\(last)")
                try await stage.wholeShop(count + 1).expectWholeShop(count + 1)
            }
        }

        @Test("SIGTERM waits for the reaction in hand, and its event is published", .timeLimit(.minutes(4)))
        func drainWaitsForTheReaction() async throws {
            try await withProcessStage { stage in
                let handle = try stage.start("test-handlers")
                try await stage.hears("clumsy")
                let gate = stage.folder + "/gate"
                let output = try await stage.publish("test.held.asked", #"{"number":7,"gate":"\#(gate)"}"#)
                try await stage.eventually("the reaction runs") { stage.exists("../gate.begun") }
                handle.terminate()
                try Data().write(to: URL(fileURLWithPath: gate))
                #expect(try await handle.waitForExit() == .exited(0))
                let trace = try await stage.trace(output.flow())
                #expect(trace.isSettled)
                #expect(trace.steps.map(\.topic) == ["test.held.asked", "test.job.done"])
            }
        }

        @Test("a publisher restarts while its consumers live, a dozen times", .timeLimit(.minutes(4)))
        func publisherRestarts() async throws {
            try await withProcessStage { stage in
                var handles = try await stage.startShop()
                var count = 0
                for round in 0..<12 {
                    let batch = 250
                    let published = try await stage.publish(
                        "shop.order.placed", "-", "--lines", input: orders(count..<count + batch))
                    #expect(published.status == .exited(0), "\(published)")
                    count += batch
                    if round.isMultiple(of: 2) { handles[0].kill() } else { handles[0].terminate() }
                    try await handles[0].waitForExit()
                    handles[0] = try stage.start("shop-order")
                }
                try await stage.wholeShop(count).expectWholeShop(count)
                #expect(handles[1].isRunning && handles[2].isRunning)
            }
        }

        @Test("a consumer that comes late replays many pages from a live publisher", .timeLimit(.minutes(4)))
        func lateConsumer() async throws {
            try await withProcessStage { stage in
                let count = 20_000
                try stage.start("shop-order")
                try await stage.hears("order")
                let published = try await stage.publish(
                    "shop.order.placed", "-", "--lines", "--await", "--timeout", "120s", input: orders(0..<count),
                    within: .seconds(130))
                #expect(published.status == .exited(0), "\(published)")
                let late = [try stage.start("shop-payment"), try stage.start("shop-stock")]
                try await stage.wholeShop(count).expectWholeShop(count)
                for handle in late { #expect(handle.standardError == "") }
            }
        }

        @Test("a consumer is halted while 20,000 events pass, then goes on: all exactly once", .timeLimit(.minutes(4)))
        func haltedConsumer() async throws {
            try await withProcessStage { stage in
                let handles = try await stage.startShop()
                let first = try await stage.publish("shop.order.placed", order("first"), "--await", "--timeout", "60s")
                #expect(first.status == .exited(0), "\(first)")
                handles[1].pause()
                let count = 20_000
                let published = try await stage.publish(
                    "shop.order.placed", "-", "--lines", input: orders(0..<count), within: .seconds(120))
                #expect(published.status == .exited(0), "\(published)")
                let census = try Census(stage)
                try await stage.eventually("stock is done", within: .seconds(150)) {
                    try census.nowHandled("shop.order.accepted", by: "stock") == count + 1
                }
                #expect(census.handled("shop.order.accepted", by: "payment") == 1)
                handles[1].resume()
                try await stage.wholeShop(count + 1).expectWholeShop(count + 1)
                #expect(handles.filter { !$0.isRunning }.count == 0)
            }
        }
    }
}
