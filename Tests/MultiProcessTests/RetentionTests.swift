internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("Retention and quotas") struct Keeping {
        private func fill(_ stage: ProcessStage, _ numbers: Range<Int>) async throws {
            let output = try await stage.publish("shop.order.placed", "-", "--lines", input: orders(numbers))
            #expect(output.status == .exited(0), "\(output)")
        }

        private func keep(_ text: String, _ stage: ProcessStage) throws {
            try FileManager.default.createDirectory(atPath: stage.home, withIntermediateDirectories: true)
            try text.write(toFile: stage.home + "/retention", atomically: true, encoding: .utf8)
        }

        @Test("what every registered handler has handled goes, and nothing else", .timeLimit(.minutes(4)))
        func trims() async throws {
            try await withProcessStage { stage in
                try keep("size 200000\n", stage)
                try stage.start("shop-order", "--retention-size", "200KB")
                try stage.start("shop-payment")
                let stock = try stage.start("shop-stock")
                for name in ["order", "payment", "stock"] { try await stage.hears(name) }
                stock.terminate()
                #expect(try await stock.waitForExit() == .exited(0))

                try await fill(stage, 0..<4000)
                try await stage.eventually("order has handled them") {
                    try Census(stage).handled("shop.order.placed", by: "order") >= 1
                        && stage.size(of: "journals/order.0") > 500_000
                }
                // The ingress journal is looked at by who publishes.
                var next = 4000
                try await stage.eventually("the ingress journal is small") {
                    try await fill(stage, next..<next + 1)
                    next += 1
                    return stage.size(of: "journals/ingress.0") < 300_000
                }
                // Stock is registered and down, so what order said to it stays.
                #expect(stage.size(of: "journals/order.0") > 500_000)
                try stage.start("shop-stock")
                try await stage.eventually("stock has caught up, and order's journal is small") {
                    stage.size(of: "journals/order.0") < 300_000
                }
                let later = try await stage.publish("shop.order.placed", order("last"), "--await", "--timeout", "60s")
                #expect(later.status == .exited(0), "\(later)")
                let trace = try await stage.trace(later.flow())
                #expect(trace.isSettled)
                let audit = try await stage.run("troupe", "journal", "verify")
                #expect(audit.status == .exited(0), "\(audit)")
            }
        }

        @Test("a full quota refuses what is published, blocks handlers, and loses nothing", .timeLimit(.minutes(4)))
        func quota() async throws {
            try await withProcessStage { stage in
                try keep("quota 150000\n", stage)
                let refused = try await stage.publish("shop.order.placed", "-", "--lines", input: orders(0..<4000))
                #expect(refused.status == .exited(1), "\(refused)")
                #expect(refused.standardError.contains("its quota is 150000. Nothing is lost"), "\(refused)")
                let one = try await stage.publish("shop.order.placed", order())
                #expect(one.status == .exited(1), "\(one)")

                // A handler that is full waits, and goes on when it is started with more room.
                let handler = try stage.start("shop-order", "--quota", "20KB")
                try await stage.eventually("it waits for room") {
                    handler.standardError.contains("there is no room; waiting for it")
                }
                #expect(stage.size(of: "journals/order.0") < 200_000)
                handler.terminate()
                _ = try await handler.waitForExit()
                try keep("", stage)
                for name in ["shop-order", "shop-payment", "shop-stock"] { try stage.start(name) }
                for name in ["order", "payment", "stock"] { try await stage.hears(name) }
                let last = try await stage.publish("shop.order.placed", order("last"), "--await", "--timeout", "60s")
                #expect(last.status == .exited(0), "\(last)")
                let census = try Census(stage)
                let placed = census.handled("shop.order.placed", by: "order")
                #expect(placed > 500)
                try await stage.wholeShop(placed).expectWholeShop(placed)
            }
        }
    }
}
