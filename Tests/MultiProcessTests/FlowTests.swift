internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("A flow through the shop") struct Flow {
        private static let steps = [
            "1 shop.order.placed ingress", "2 shop.order.accepted order", "2.1 shop.payment.authorized payment",
            "2.2 shop.stock.reserved stock",
        ]

        private static let permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]

        @Test("--await prints the steps 1, 2, 2.1, 2.2 and exits with 0", .timeLimit(.minutes(4)))
        func awaitPrintsTheTrace() async throws {
            try await withProcessStage { stage in
                try await stage.startShop()
                let output = try await stage.publish("shop.order.placed", order(), "--await", "--timeout", "60s")
                #expect(output.status == .exited(0), "\(output)")
                let rows = output.lines.compactMap { line -> String? in
                    let words = line.split(separator: " ")
                    guard words.count > 2, words[0].allSatisfy({ $0.isNumber || $0 == "." }) else { return nil }
                    return words[..<3].joined(separator: " ")
                }
                #expect(rows == Self.steps)
                #expect(output.standardOutput.contains("settled · 4 events · synced"), "\(output)")
                #expect(output.standardError == "")

                let trace = try await stage.trace(output.flow())
                #expect(trace.isSettled)
                #expect(trace.failures == 0)
                #expect(trace.durability == "synced")
                #expect(trace.steps.map { "\($0.step) \($0.topic) \($0.handler)" } == Self.steps)
                #expect(trace.steps.map(\.serial) == ["1", "1/order.1", "1/order.1/payment.1", "1/order.1/stock.1"])
                #expect(trace.steps[1].heardBy.map(\.handler) == ["payment", "stock"])
                for hearing in trace.steps.flatMap(\.heardBy) {
                    #expect(hearing.outcome == "handled" && hearing.attempts == 1)
                }
            }
        }

        @Test("any start order", .timeLimit(.minutes(4)), arguments: permutations)
        func anyStartOrder(_ permutation: [Int]) async throws {
            try await withProcessStage { stage in
                for index in permutation {
                    let name = ProcessStage.shop[index]
                    try stage.start(name)
                    try await stage.hears(String(name.dropFirst(5)))
                }
                let output = try await stage.publish("shop.order.placed", order(), "--await", "--timeout", "60s")
                #expect(output.status == .exited(0), "\(output)")
                let trace = try await stage.trace(output.flow())
                #expect(trace.steps.map { "\($0.step) \($0.topic) \($0.handler)" } == Self.steps)
            }
        }

        @Test("handlers that start after the event, each after the other has ended", .timeLimit(.minutes(4)))
        func handlersStartedLater() async throws {
            try await withProcessStage { stage in
                let flow = try await stage.publish("shop.order.placed", order()).flow()
                // Never two at a time: each reads what another left in its journal.
                for name in ProcessStage.shop {
                    let handler = String(name.dropFirst(5))
                    let handle = try stage.start(name)
                    try await stage.eventually("\(handler) is done") {
                        try await stage.trace(flow).steps.contains { $0.handler == handler }
                    }
                    handle.terminate()
                    #expect(try await handle.waitForExit() == .exited(0))
                }
                let trace = try await stage.trace(flow)
                #expect(trace.isSettled)
                #expect(trace.steps.map { "\($0.step) \($0.topic) \($0.handler)" } == Self.steps)
                try Census(stage).expectWholeShop(1)
            }
        }

        @Test("settings decide: a declined payment, a short stock, a rejected order", .timeLimit(.minutes(4)))
        func settings() async throws {
            try await withProcessStage { stage in
                try stage.start("shop-order", "--set", "limit=5000")
                try stage.start("shop-payment", "--set", "ceiling=1000")
                try stage.start("shop-stock", "--set", "shelf=3")
                for name in ["order", "payment", "stock"] { try await stage.hears(name) }

                func topics(quantity: Int, total: Int) async throws -> [String] {
                    let output = try await stage.publish(
                        "shop.order.placed", order(quantity: quantity, total: total), "--await", "--timeout", "60s")
                    #expect(output.status == .exited(0), "\(output)")
                    return try await stage.trace(output.flow()).steps.map { "\($0.step) \($0.topic)" }
                }

                #expect(
                    try await topics(quantity: 1, total: 1001) == [
                        "1 shop.order.placed", "2 shop.order.accepted", "2.1 shop.payment.declined",
                        "2.1.1 shop.order.cancelled", "2.1.2 shop.stock.released", "2.2 shop.stock.reserved",
                    ])
                #expect(
                    try await topics(quantity: 4, total: 1000) == [
                        "1 shop.order.placed", "2 shop.order.accepted", "2.1 shop.payment.authorized",
                        "2.2 shop.stock.short", "2.2.1 shop.payment.voided",
                    ])
                #expect(
                    try await topics(quantity: 1, total: 5001) == ["1 shop.order.placed", "2 shop.order.rejected"])
            }
        }

        @Test("two choreographies at once do not hear each other", .timeLimit(.minutes(4)))
        func twoChoreographies() async throws {
            try await withProcessStage { one in
                try await withProcessStage { two in
                    try await one.startShop()
                    try await two.startShop()
                    for number in 0..<5 {
                        let output = try await one.publish(
                            "shop.order.placed", order("one-\(number)"), "--await", "--timeout", "60s")
                        #expect(output.status == .exited(0), "\(output)")
                    }
                    let output = try await two.publish("shop.order.placed", order("two"), "--await", "--timeout", "60s")
                    #expect(output.status == .exited(0), "\(output)")
                    try Census(one).expectWholeShop(5)
                    try Census(two).expectWholeShop(1)
                    let foreign = try await one.run("troupe", "trace", output.flow())
                    #expect(foreign.status == .exited(1))
                    #expect(foreign.standardError.contains("no journal of"))
                }
            }
        }
    }
}
