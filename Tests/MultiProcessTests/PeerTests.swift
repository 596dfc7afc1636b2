internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    /// `Python/peer.py` is a handler written from the article *Writing a peer* alone: it and ours hear each other.
    @Suite("A peer in Python") struct Peer {
        private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Python")

        private func startPeer(
            _ stage: ProcessStage, hearing topic: String = "shop.order.accepted"
        ) throws -> ProcessHandle {
            try stage.start(
                "/usr/bin/env",
                [
                    "python3", "-B", Self.folder.appending(path: "peer.py").path, stage.home, "scribe",
                    topic, "test.later.asked",
                ])
        }

        private func audit(_ stage: ProcessStage, _ options: String...) async throws -> ProcessOutput {
            let script = URL(filePath: #filePath).appending(path: "../../../scripts/audit.py").standardized.path
            return try await stage.run(
                "/usr/bin/env", ["python3", "-B", script, stage.home] + options, within: .seconds(60))
        }

        private func verify(_ stage: ProcessStage, _ name: String) async throws -> ProcessOutput {
            try await stage.run("troupe", "journal", "verify", "--peer", name)
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

                for name in ["scribe", "order", "clumsy", "ingress"] {
                    let taken = try await verify(stage, name)
                    #expect(taken.status == .exited(0), "\(taken)")
                    #expect(taken.lines.last?.hasSuffix("as the articles say") == true, "\(taken)")
                }

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

        @Test(
            "where its publisher was put back from a copy it waits, and goes back when that says so",
            .timeLimit(.minutes(2)))
        func putBack() async throws {
            try await withProcessStage { stage in
                var peer = try startPeer(stage, hearing: "shop.order.placed")
                try await stage.eventually("the peer is registered") { stage.exists("registrations/scribe.json") }
                func publish(_ ids: ClosedRange<Int>) async throws {
                    for id in ids {
                        let output = try await stage.publish(
                            "shop.order.placed", order("\(id)"), "--id", "g\(id)", "--await", "--timeout", "30s")
                        #expect(output.status == .exited(0), "\(output)")
                    }
                }
                try await publish(1...2)
                let journal = stage.home + "/journals/ingress.0"
                let copy = try stage.names(in: "journals/ingress.0").map { name in
                    (name, try Data(contentsOf: URL(filePath: journal + "/" + name)))
                }
                try await publish(3...5)
                for (name, bytes) in copy { try bytes.write(to: URL(filePath: journal + "/" + name)) }
                try await stage.eventually("the peer says what it does not know") {
                    peer.standardError.contains("was heard up to 5 and ends at 2: unknown")
                }
                let waiting = try await audit(stage)
                #expect(!waiting.standardOutput.contains("set back"), "\(waiting)")

                try await publish(6...7)
                #expect(peer.standardError.contains("shop.order.placed was lost from 3 on"), "\(peer.standardError)")
                peer.kill()
                try await peer.waitForExit()
                peer = try startPeer(stage, hearing: "shop.order.placed")
                try await publish(8...8)

                let told = try await audit(stage, "--allow-set-back")
                #expect(told.status == .exited(0) && told.standardOutput.contains("besides: set back 3"), "\(told)")
                #expect(
                    told.lines.last == "lost 0, doubled 0, out of order 0, dead letters 0, events 13, handled 5",
                    "\(told)")
                let taken = try await verify(stage, "scribe")
                #expect(taken.status == .exited(0), "\(taken)")

                // A copy of its own journal is told from it.
                peer.terminate()
                try await peer.waitForExit()
                let mark = URL(filePath: stage.home + "/journals/scribe.0/mark")
                try Data(contentsOf: mark).write(to: mark, options: .atomic)
                let copied = try await verify(stage, "scribe")
                #expect(copied.status == .exited(1), "\(copied)")
                #expect(copied.standardOutput.contains("mark: inode: it is "), "\(copied)")
                #expect(copied.standardError.contains("1 finding"), "\(copied)")
            }
        }
    }
}
