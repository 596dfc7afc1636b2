internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("Many events, many publishers") struct Load {
        @Test("10,000 orders from standard input: every flow settled, each step once", .timeLimit(.minutes(4)))
        func ordersFromStandardInput() async throws {
            try await withProcessStage { stage in
                try await stage.startShop()
                let output = try await stage.publish(
                    "shop.order.placed", "-", "--lines", "--await", "--timeout", "150s", input: orders(0..<10_000),
                    within: .seconds(160))
                #expect(output.status == .exited(0), "\(output)")
                #expect(output.standardOutput.contains("published 10000 events at synced"), "\(output)")
                #expect(
                    output.standardOutput.contains("10000 of 10000 flows settled, 0 with failures, 40000 events"),
                    "\(output)")
                try Census(stage).expectWholeShop(10_000)
            }
        }

        @Test("10,000 orders from a file, to handlers that start in the middle", .timeLimit(.minutes(4)))
        func ordersFromFile() async throws {
            try await withProcessStage { stage in
                let path = stage.folder + "/orders.jsonl"
                // Windows line ends, empty lines and no newline at the end are nobody's mistake.
                var bytes = orders(0..<9_999)
                bytes += Array("\r\n  \n\(order("last"))\r\n\(order("very last"))".utf8)
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                let publisher = try stage.start("troupe", "publish", "shop.order.placed", "@" + path, "--lines")
                try await stage.eventually("the publisher has begun") { stage.exists("journals/ingress.0/mark") }
                try await stage.startShop()
                #expect(try await publisher.waitForExit() == .exited(0), "\(publisher.standardError)")
                #expect(publisher.standardOutput.contains("published 10001 events"), "\(publisher.standardOutput)")
                try await stage.wholeShop(10_001).expectWholeShop(10_001)
            }
        }

        @Test("1,000 publishers at the same time: one ingress journal, 1,000 handled flows", .timeLimit(.minutes(4)))
        func thousandPublishers() async throws {
            // A process takes ten times the memory and time under a sanitizer.
            let count = getenv("TROUPE_SANITIZER") == nil ? 1000 : 100
            try await withProcessStage { stage in
                try await stage.startShop()
                let publishers = try (0..<count).map { number in
                    try stage.start("troupe", "publish", "shop.order.placed", order("C-\(number)"))
                }
                for publisher in publishers {
                    let status = try await publisher.waitForExit(within: .seconds(200))
                    #expect(status == .exited(0), "\(publisher.standardError)")
                }
                let flows = Set(publishers.compactMap { $0.standardOutput.split(separator: " ").dropFirst().first })
                #expect(flows.count == count)
                let census = try await stage.wholeShop(count)
                census.expectWholeShop(count)
                #expect(census.journals == ["ingress.0", "order.0", "payment.0", "stock.0"])
            }
        }

        @Test("100 runs with one --id: one publishes, 99 say so, another payload is refused", .timeLimit(.minutes(4)))
        func oneID() async throws {
            try await withProcessStage { stage in
                try await stage.startShop()
                let publishers = try (0..<100).map { _ in
                    try stage.start("troupe", "publish", "shop.order.placed", order(), "--id", "order-4711")
                }
                var published = 0
                var already = 0
                for publisher in publishers {
                    let status = try await publisher.waitForExit()
                    #expect(status == .exited(0), "\(publisher.standardError)")
                    let text = publisher.standardOutput
                    if text.contains("already published") {
                        already += 1
                    } else if text.contains(" published at synced") {
                        published += 1
                    }
                }
                #expect(published == 1)
                #expect(already == 99)

                let other = try await stage.publish("shop.order.placed", order(total: 1), "--id", "order-4711")
                #expect(other.status == .exited(1))
                #expect(other.standardOutput == "")
                #expect(other.standardError.contains("is taken by another event"), "\(other)")
                #expect(other.standardError.contains("Choose another --id"), "\(other)")

                let again = try await stage.publish(
                    "shop.order.placed", order(), "--id", "order-4711", "--await", "--timeout", "60s")
                #expect(again.status == .exited(0), "\(again)")
                #expect(again.standardOutput.contains("already published"), "\(again)")
                #expect(again.standardOutput.contains("settled · 4 events"), "\(again)")
                try Census(stage).expectWholeShop(1)
            }
        }

        @Test("fat emissions of many events go into entries that a journal takes", .timeLimit(.minutes(4)))
        func fatEmissions() async throws {
            try await withProcessStage { stage in
                let lines = Array(repeating: #"{"count":3}"# + "\n", count: 300).joined()
                let published = try await stage.publish("test.fat.asked", "-", "--lines", input: Array(lines.utf8))
                #expect(published.status == .exited(0), "\(published)")
                let handle = try stage.start("test-handlers")
                let census = try Census(stage)
                try await stage.eventually("all is handled") {
                    guard handle.isRunning else { return true }
                    return try census.nowHandled("test.fat.asked", by: "clumsy") == 300
                }
                #expect(handle.isRunning, "\(handle.standardError)")
                #expect(census.said["test.fat.part"] == 900)
                census.expectExact()

                let tooMuch = try await stage.publish(
                    "test.fat.asked", #"{"count":300}"#, "--await", "--timeout", "60s")
                #expect(tooMuch.status == .exited(1), "\(tooMuch)")
                #expect(tooMuch.standardOutput.contains("one reaction emits more than 16 MiB in all"), "\(tooMuch)")
            }
        }

        @Test("four lanes keep going when one of them waits", .timeLimit(.minutes(4)))
        func lanes() async throws {
            try await withProcessStage { stage in
                try stage.start("test-handlers", "--lanes", "4")
                try await stage.hears("clumsy")
                let gate = stage.folder + "/gate"
                let held = try await stage.publish(
                    "test.held.asked", #"{"number":0,"gate":"\#(gate)"}"#, "--key", "slow")
                #expect(held.status == .exited(0), "\(held)")
                try await stage.eventually("one lane waits") { stage.exists("../gate.begun") }
                // More than a cursor is wide: the other lanes come to their end before the gate opens.
                let count = 6000
                let lines = Array((1...count).map { #"{"number":\#($0)}"# + "\n" }.joined().utf8)
                let published = try await stage.publish("test.held.asked", "-", "--lines", input: lines)
                #expect(published.status == .exited(0), "\(published)")
                let census = try Census(stage)
                try await stage.eventually("the other lanes went on") {
                    try census.nowHandled("test.held.asked", by: "clumsy") > 2000
                }
                try Data().write(to: URL(fileURLWithPath: gate))
                try await stage.eventually("all is handled", within: .seconds(30)) {
                    try census.nowHandled("test.held.asked", by: "clumsy") == count + 1
                }
                census.expectExact()
                #expect(census.said["test.job.done"] == count + 1)
            }
        }
    }
}
