internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("Replaying what was handled") struct Replay {
        @Test("a handler says again what it said; with another ceiling it does not", .timeLimit(.minutes(4)))
        func replay() async throws {
            try await withProcessStage { stage in
                try await stage.startShop()
                let published = try await stage.publish("shop.order.placed", order(), "--await", "--timeout", "60s")
                #expect(published.status == .exited(0), "\(published)")
                let flow = try published.flow()
                func replay(_ arguments: String...) async throws -> ProcessOutput {
                    try await stage.run(
                        "troupe", ["replay", "payment", "--against", stage.executables + "/shop-payment"] + arguments)
                }
                for events in [["--flow", flow], ["--since", "10m"]] {
                    let same = try await replay(events[0], events[1])
                    #expect(same.status == .exited(0), "\(same)")
                    #expect(same.lines == ["replayed 1 event of payment: 1 the same, 0 different"], "\(same)")
                }
                let other = try await replay("--flow", flow, "--set", "ceiling=1")
                #expect(other.status == .exited(1), "\(other)")
                #expect(other.lines.first == "shop.order.accepted  \(flow)/1/order.1", "\(other)")
                #expect(other.standardOutput.contains("  - shop.payment.authorized {"), "\(other)")
                #expect(other.standardOutput.contains("  + shop.payment.declined {"), "\(other)")
                #expect(other.lines.last == "replayed 1 event of payment: 0 the same, 1 different", "\(other)")
                let trace = try await stage.trace(flow)
                #expect(trace.steps.count == 4, "nothing was published")

                let none = try await stage.run("troupe", "replay", "payment", "--flow", "nobody")
                #expect(none.status == .exited(1) && none.standardError.contains("no such event"), "\(none)")
                let wrong = try await replay("--flow", flow, "--against", "/bin/true")
                #expect(wrong.status == .exited(1) && wrong.standardError.contains("did not answer"), "\(wrong)")
            }
        }
    }
}
