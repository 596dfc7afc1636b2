internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    /// `scripts/audit.py` knows the formats from their articles alone: it agrees with what the shop wrote, and notices
    /// when something else is written.
    @Suite("The independent auditor") struct Auditing {
        private func audit(_ stage: ProcessStage, _ arguments: String...) async throws -> ProcessOutput {
            let script = URL(filePath: #filePath).appending(path: "../../../scripts/audit.py").standardized.path
            return try await stage.run(
                "/usr/bin/env", ["python3", script] + arguments, environment: ["PYTHONDONTWRITEBYTECODE": "1"],
                within: .seconds(100))
        }

        @Test("a shop whose handlers were killed is whole, and each spoiled copy is noticed", .timeLimit(.minutes(3)))
        func shop() async throws {
            try await withProcessStage { stage in
                var handles = try await stage.startShop()
                let publisher = try stage.start(
                    "troupe", "publish", "shop.order.placed", "-", "--lines", "--await", "--timeout", "100s",
                    input: orders(0..<300))
                for index in handles.indices {
                    handles[index].kill()
                    try await handles[index].waitForExit()
                    handles[index] = try stage.start(ProcessStage.shop[index])
                }
                #expect(
                    try await publisher.waitForExit(within: .seconds(110)) == .exited(0), "\(publisher.standardError)")

                let running = try await audit(stage, stage.home)
                #expect(running.status == .exited(0), "\(running)")
                #expect(
                    running.lines.last == "lost 0, doubled 0, out of order 0, dead letters 0, events 1200, handled 900",
                    "\(running)")

                for handle in handles {
                    handle.terminate()
                    try await handle.waitForExit()
                }
                let spoiled = try await audit(stage, "--self-test", stage.home)
                #expect(spoiled.status == .exited(0), "\(spoiled)")
                #expect(spoiled.lines.last?.hasSuffix(" spoiled homes, 0 problems") == true, "\(spoiled)")
            }
        }

        @Test("dead letters and retries count as what they are", .timeLimit(.minutes(2)))
        func deadLetters() async throws {
            try await withProcessStage { stage in
                try stage.start("test-handlers")
                try await stage.hears("clumsy")
                for data in [#"{"failures":2}"#, #"{"failures":99}"#] {
                    _ = try await stage.publish("test.failing.asked", data, "--await", "--timeout", "60s")
                }
                let dead = try await audit(stage, stage.home)
                #expect(dead.status == .exited(1), "\(dead)")
                #expect(
                    dead.lines.last == "lost 0, doubled 0, out of order 0, dead letters 1, events 3, handled 1",
                    "\(dead)")
                #expect(dead.standardOutput.contains("dead letters: clumsy: test.failing.asked of ingress.0: 2"))
                let allowed = try await audit(stage, stage.home, "--allow-dead")
                #expect(allowed.status == .exited(0), "\(allowed)")
            }
        }

        @Test("it notices in a home of its own making, too", .timeLimit(.minutes(1)))
        func selfTest() async throws {
            try await withProcessStage { stage in
                let output = try await audit(stage, "--self-test")
                #expect(output.status == .exited(0), "\(output)")
            }
        }
    }
}
