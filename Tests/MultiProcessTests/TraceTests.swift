internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("Following flows") struct Tracing {
        @Test("--follow shows a flow until it is settled, and says where it stands meanwhile", .timeLimit(.minutes(4)))
        func follow() async throws {
            try await withProcessStage { stage in
                let handles = try await stage.startShop()
                handles[1].terminate()
                try await handles[1].waitForExit()
                let flow = try await stage.publish("shop.order.placed", order()).flow()
                let follower = try stage.start("troupe", "trace", flow, "--follow", "--timeout", "100s")
                try await stage.eventually("payment is waited for") {
                    follower.standardOutput.contains(
                        "outstanding: shop.order.accepted on payment (not running): not heard yet")
                }
                let early = try await stage.run("troupe", "trace", flow, "--follow", "--timeout", "50ms")
                #expect(early.status == .exited(2), "\(early)")
                try stage.start("shop-payment")
                #expect(try await follower.waitForExit() == .exited(0), "\(follower.standardError)")
                #expect(follower.standardOutput.contains("settled · 4 events · synced"), "\(follower.standardOutput)")
            }
        }

        @Test("flows are found without their ids, in every format", .timeLimit(.minutes(4)))
        func find() async throws {
            try await withProcessStage { stage in
                try stage.start("test-handlers", "--attempts", "2")
                try await stage.hears("clumsy")
                var flows: [String] = []
                for data in [#"{"failures":1}"#, #"{"failures":9}"#, #"{"failures":0}"#] {
                    flows.append(
                        try await stage.publish("test.failing.asked", data, "--await", "--timeout", "60s").flow())
                }
                func find(_ arguments: String...) async throws -> [String] {
                    let output = try await stage.run("troupe", ["trace"] + arguments)
                    #expect(output.status == .exited(0), "\(output)")
                    return output.lines.map(String.init)
                }
                func ids(_ lines: [String]) -> [String] { lines.map { String($0.split(separator: " ")[1]) } }
                #expect(try await ids(find("--topic", "test.failing.asked")) == flows.reversed())
                #expect(try await ids(find("--failed", "--since", "10m")) == [flows[1]])
                let slowest = try await ids(find("--since", "10m", "--slowest", "2"))
                #expect(Set(slowest) == Set(flows[...1]), "two had to wait for a second attempt")
                #expect(try await find("--topic", "test.nobody") == [])
                #expect(try await find("--since", "10m", "--format", "json").count == 3)
                let spans = try await find("--since", "10m", "--format", "otlp")
                #expect(spans.count == 3 && spans.allSatisfy { $0.hasPrefix(#"{"resourceSpans":["#) })
                #expect(try await find("--failed", "--format", "mermaid").first == "sequenceDiagram")

                let retried = try await stage.trace(flows[0])
                let hearing = try #require(retried.steps.first?.heardBy.first)
                #expect(hearing.attempts == 2 && hearing.queued != nil && hearing.took != nil)
                #expect(hearing.sinceRoot >= 75_000, "a retry waits for at least that long")
                #expect(try #require(hearing.queued) < hearing.sinceRoot, "queued until the first attempt")
            }
        }
    }
}
