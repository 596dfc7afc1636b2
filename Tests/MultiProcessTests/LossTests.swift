internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("What is lost, and what only looks so") struct Loss {
        @Test(
            "troupe publish killed in the middle of its lines, again and again: what it said is handled once",
            .timeLimit(.minutes(4)))
        func publisherKilled() async throws {
            var random = SplitMix(11)
            try await withProcessStage { stage in
                try await stage.startShop()
                for round in 0..<10 {
                    let before = stage.size(of: "journals/ingress.0")
                    let publisher = try stage.start(
                        "troupe", "publish", "shop.order.placed", "-", "--lines",
                        input: orders((round * 10_000)..<(round * 10_000 + 5000)))
                    let amount = Int.random(in: 1...600_000, using: &random)
                    try await stage.eventually("the publisher has written") {
                        stage.size(of: "journals/ingress.0") - before >= amount || !publisher.isRunning
                    }
                    publisher.kill()
                    try await publisher.waitForExit()
                }
                let last = try await stage.publish("shop.order.placed", order("last"), "--await", "--timeout", "60s")
                #expect(last.status == .exited(0), "\(last)")
                let placed = try #require(Census(stage).said["shop.order.placed"])
                #expect(placed > 10)
                try await stage.wholeShop(placed).expectWholeShop(placed)
            }
        }

        @Test(
            "a publisher whose mark is gone begins an epoch: nothing was lost, and consumers go on",
            .timeLimit(.minutes(4)))
        func newEpoch() async throws {
            try await withProcessStage { stage in
                var handles = try await stage.startShop()
                for round in 1...4 {
                    let output = try await stage.publish(
                        "shop.order.placed", "-", "--lines", "--await", "--timeout", "60s",
                        input: orders((round * 100)..<(round * 100 + 100)))
                    #expect(output.status == .exited(0), "\(output)")
                    handles[0].kill()
                    try await handles[0].waitForExit()
                    try FileManager.default.removeItem(atPath: stage.home + "/journals/order.0/mark")
                    handles[0] = try stage.start("shop-order")
                }
                let last = try await stage.publish("shop.order.placed", order("last"), "--await", "--timeout", "60s")
                #expect(last.status == .exited(0), "\(last)")
                try Census(stage).expectWholeShop(401)
                #expect(handles[0].standardError.contains("lossPossible=true"), "\(handles[0].standardError)")
            }
        }

        @Test("a publisher that lost its tail in a power loss: consumers say so, and go on", .timeLimit(.minutes(4)))
        func lostTail() async throws {
            try await withProcessStage { stage in
                var handles: [ProcessHandle] = []
                for name in ProcessStage.shop { handles.append(try stage.start(name, "--durability", "written")) }
                for name in ["order", "payment", "stock"] { try await stage.hears(name) }
                for number in 0..<3 {
                    let output = try await stage.publish(
                        "shop.order.placed", order("\(number)"), "--await", "--timeout", "60s")
                    #expect(output.status == .exited(0), "\(output)")
                }
                // As after a power loss: the mark is of no use, and the end of the file never reached the disk.
                handles[0].kill()
                try await handles[0].waitForExit()
                let segment = stage.home + "/journals/order.0/0000000000000000.seg"
                try FileManager.default.removeItem(atPath: stage.home + "/journals/order.0/mark")
                let file = try #require(FileHandle(forWritingAtPath: segment))
                try file.truncate(atOffset: file.seekToEnd() - 100)
                try file.close()
                handles[0] = try stage.start("shop-order", "--durability", "written")

                for handle in handles[1...] {
                    try await stage.eventually("the loss is reported") {
                        handle.standardError.contains("a publisher cannot go on where it was heard last")
                    }
                }
                let output = try await stage.publish(
                    "shop.order.placed", order("after"), "--await", "--timeout", "60s")
                #expect(output.status == .exited(0), "\(output)")
                #expect(output.standardOutput.contains("settled · 4 events · written"), "\(output)")
                let census = try Census(stage)
                // The order that was heard and forgotten was heard again, and its child has the same id as before.
                #expect(census.said["shop.order.accepted"] == 4)
                #expect(census.jumps.count == 2)
            }
        }

        @Test("150 wait at once, though the system gives 128 watches", .timeLimit(.minutes(4)))
        func manyAwait() async throws {
            try await withProcessStage { stage in
                try await stage.startShop()
                let publishers = try (0..<150).map { number in
                    try stage.start(
                        "troupe", "publish", "shop.order.placed", order("W-\(number)"), "--await", "--timeout", "80s")
                }
                for publisher in publishers {
                    #expect(
                        try await publisher.waitForExit(within: .seconds(90)) == .exited(0),
                        "\(publisher.standardError)")
                }
                try Census(stage).expectWholeShop(150)
            }
        }
    }
}
