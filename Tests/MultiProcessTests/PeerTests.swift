internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    /// `Python/peer.py` is a handler written from the article *Writing a peer* alone: it and ours hear each other.
    @Suite("A peer in Python") struct Peer {
        private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Python")

        private func startPeer(_ stage: ProcessStage) throws -> ProcessHandle {
            try stage.start(
                "/usr/bin/env",
                [
                    "python3", "-B", Self.folder.appending(path: "peer.py").path, stage.home, "scribe",
                    "shop.order.accepted", "test.later.asked",
                ])
        }

        private func audit(_ stage: ProcessStage) async throws -> ProcessOutput {
            let script = URL(filePath: #filePath).appending(path: "../../../scripts/audit.py").standardized.path
            return try await stage.run("/usr/bin/env", ["python3", "-B", script, stage.home], within: .seconds(60))
        }

        @Test(
            "it says one event for each that it hears, whatever kills it, and is heard by a handler of ours",
            .timeLimit(.minutes(3)))
        func killed() async throws {
            try await withProcessStage { stage in
                try stage.start("shop-order")
                try stage.start("test-handlers")
                for name in ["order", "clumsy"] { try await stage.hears(name) }
                var peer = try startPeer(stage)
                let count = 240
                let publisher = try stage.start(
                    "troupe", "publish", "shop.order.placed", "-", "--lines", "--await", "--timeout", "100s",
                    input: orders(0..<count))
                let census = try Census(stage)
                var heard = 0
                for _ in 0..<4 {
                    // It dies while it works, each time after it has come on.
                    try await stage.eventually("the peer comes on") {
                        let now = try census.nowHandled("shop.order.accepted", by: "scribe")
                        defer { heard = max(heard, now) }
                        return now > heard || now == count
                    }
                    peer.kill()
                    try await peer.waitForExit()
                    peer = try startPeer(stage)
                }
                #expect(
                    try await publisher.waitForExit(within: .seconds(110)) == .exited(0), "\(publisher.standardError)")
                try await stage.eventually("everything is handled", within: .seconds(60)) {
                    try census.nowHandled("test.later.asked", by: "clumsy") == count
                }

                let running = try await audit(stage)
                #expect(running.status == .exited(0), "\(running)")
                #expect(
                    running.lines.last
                        == "lost 0, doubled 0, out of order 0, dead letters 0, events \(4 * count), handled \(3 * count)",
                    "\(running)")

                peer.terminate()
                #expect(try await peer.waitForExit() == .exited(0), "\(peer.standardError)")
                let ended = try await audit(stage)
                #expect(ended.lines.last == running.lines.last, "\(ended)")

                let read = try await stage.run(
                    "/usr/bin/env", ["python3", "-B", Self.folder.appending(path: "read_home.py").path, stage.home],
                    within: .seconds(60))
                let said = read.lines.filter { $0.hasPrefix("scribe.0 test.later.asked#") }
                #expect(said.count == count && Set(said).count == count, "\(read)")
            }
        }
    }
}
