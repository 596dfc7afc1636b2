internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    /// S1: journals that are put back, by hand or by `troupe restore`, cold or hot, one or all.
    @Suite("Putting journals back") struct Restoring {
        /// Copies the home with `cp`, as people do.
        private func copyHome(_ stage: ProcessStage, to path: String) async throws {
            let output = try await stage.run("/bin/cp", ["-r", stage.home, path])
            #expect(output.status == .exited(0), "\(output)")
        }

        /// Publishes orders by their ids and waits until each is settled: that it is handled, not only that it is said so.
        private func publish(_ ids: [String], _ stage: ProcessStage) async throws {
            for id in ids {
                let output = try await stage.publish(
                    "shop.order.placed", order(id), "--id", id, "--await", "--timeout", "60s")
                #expect(output.status == .exited(0), "\(output)")
                let topics = try await stage.trace(id).steps.map(\.topic)
                #expect(topics.contains("shop.payment.authorized"), "\(id): \(topics)")
                #expect(topics.contains("shop.stock.reserved"), "\(id): \(topics)")
            }
        }

        @Test(
            "S1: what is published after a journal was put back is handled, and what was lost is said",
            .timeLimit(.minutes(4)), arguments: ["in place", "as new files", "hot"])
        func ingress(way: String) async throws {
            try await withShopFile { stage in
                let copy = stage.folder + "/copy"
                try await stage.troupe("up", stage.file, "--home", stage.home, "--detach")
                try await publish(["g1", "g2"], stage)
                if way == "hot" {
                    try await copyHome(stage, to: copy)
                } else {
                    try await stage.troupe("down", "--home", stage.home)
                    try await copyHome(stage, to: copy)
                    try await stage.troupe("up", stage.file, "--home", stage.home, "--detach")
                }
                try await publish(["g3", "g4", "g5"], stage)
                try await stage.troupe("down", "--home", stage.home)
                let journal = stage.home + "/journals/ingress.0"
                if way != "in place" { try FileManager.default.removeItem(atPath: journal) }
                let put = try await stage.run(
                    "/bin/sh", ["-c", "mkdir -p '\(journal)' && cp -p '\(copy)'/journals/ingress.0/* '\(journal)'"])
                #expect(put.status == .exited(0), "\(put)")

                // Nobody who looks takes it for whole, and nothing is set back yet.
                let verified = try await stage.troupe("journal", "verify", "--home", stage.home, status: 1)
                #expect(
                    verified.standardOutput.contains("unknown: order heard up to 5 of shop.order.placed"), "\(verified)"
                )
                let listed = try await stage.troupe("ps", "--home", stage.home)
                #expect(listed.standardOutput.contains("unknown: order heard up to 5"), "\(listed)")

                try await stage.troupe("up", stage.file, "--home", stage.home, "--detach")
                let said = try await stage.publish("shop.order.placed", order("g6"), "--id", "g6", "--await")
                #expect(said.standardError.contains("holds less than others have heard of it"), "\(said)")
                #expect(
                    said.standardError.contains("order.0 heard shop.order.placed up to 5, and it ends at 2"), "\(said)")
                try await publish(["g6", "g7", "g8", "g9"], stage)
                let log = try String(contentsOfFile: stage.home + "/logs/order.log", encoding: .utf8)
                #expect(log.contains("reason=lost"), "\(log)")
                try await stage.troupe("journal", "verify", "--home", stage.home)
                let census = try await stage.wholeShop(9)
                // What was handled stays handled: nothing of it comes again.
                #expect(census.handled("shop.order.accepted", by: "payment") == 9)
            }
        }

        @Test(
            "S1: a handler's journal that is put back handles again what it forgot, and swallows nothing",
            .timeLimit(.minutes(4)))
        func handler() async throws {
            try await withShopFile { stage in
                let copy = stage.folder + "/copy"
                try await stage.troupe("up", stage.file, "--home", stage.home, "--detach")
                try await publish(["g1", "g2"], stage)
                try await stage.troupe("backup", copy, "--home", stage.home)
                try await publish(["g3", "g4"], stage)
                let early = try await stage.troupe("restore", copy, "order", "--home", stage.home, status: 1)
                #expect(early.standardError.contains("Stop it first: troupe down"), "\(early)")
                try await stage.troupe("down", "--home", stage.home)
                let output = try await stage.troupe("restore", copy, "order", "--home", stage.home)
                #expect(
                    output.standardOutput.contains("payment had heard shop.order.accepted up to 4, and it ends at 2"),
                    "\(output)")
                #expect(
                    output.standardOutput.contains("handles 2 events of ingress.0/shop.order.placed again"), "\(output)"
                )
                #expect(output.standardOutput.contains("what was there before lies in "), "\(output)")
                #expect(stage.names(in: "replaced").count == 1)
                try await stage.troupe("journal", "verify", "--home", stage.home)

                try await stage.troupe("up", stage.file, "--home", stage.home, "--detach")
                try await publish(["g5", "g6"], stage)
                // Four orders and two more, and two that order accepted again, under the same ids.
                try await stage.wholeShop(8)
                try await stage.troupe("journal", "verify", "--home", stage.home)
            }
        }

        @Test("a copy of a running home under load is consistent, and a home of its own", .timeLimit(.minutes(4)))
        func backup() async throws {
            try await withShopFile { stage in
                try await stage.troupe("up", stage.file, "--home", stage.home, "--detach")
                let load = Task {
                    try await stage.publish("shop.order.placed", "-", "--lines", input: orders(0..<3000))
                }
                for number in 1...5 {
                    try await stage.troupe("backup", stage.folder + "/b\(number)", "--home", stage.home)
                }
                _ = try await load.value
                for number in 1...5 {
                    let copy = stage.folder + "/b\(number)"
                    // No consumer is ahead of its publisher.
                    let output = try await stage.troupe("journal", "verify", "--home", copy)
                    #expect(!output.standardOutput.contains("unknown"), "\(output)")
                    let report = try await stage.run("troupe", ["doctor", "--home", copy])
                    #expect(!report.standardOutput.contains("unknown"), "\(report)")
                }
                try await stage.wholeShop(3000)
                try await stage.troupe("down", "--home", stage.home)
                let again = try await stage.troupe("backup", stage.folder + "/b5", "--home", stage.home, status: 1)
                #expect(again.standardError.contains("is there already"), "\(again)")

                // Into another home, and on from there.
                let other = stage.folder + "/o"
                let put = try await stage.troupe("restore", stage.folder + "/b3", "--home", other)
                #expect(!put.standardOutput.contains("gone") && !put.standardOutput.contains("again"), "\(put)")
                try await stage.troupe("journal", "verify", "--home", other)
                // A copy that is damaged is refused before anything is touched.
                let journal = stage.folder + "/b4/journals/order.0"
                let segment = try #require(
                    FileManager.default.contentsOfDirectory(atPath: journal).first { $0.hasSuffix(".seg") })
                let file = URL(filePath: journal + "/" + segment)
                var bytes = try Data(contentsOf: file)
                bytes[bytes.count / 2] ^= 1
                try bytes.write(to: file)
                let spoiled = try await stage.troupe("restore", stage.folder + "/b4", "--home", other, status: 1)
                #expect(spoiled.standardError.contains("order.0"), "\(spoiled)")
                let names = try FileManager.default.contentsOfDirectory(atPath: other)
                #expect(!names.contains { $0.hasPrefix("restoring") || $0 == "replaced" }, "\(names)")
                try await stage.troupe("journal", "verify", "--home", other)
                let wrong = try await stage.troupe("restore", stage.folder, "--home", other, status: 1)
                #expect(wrong.standardError.contains("is no backup"), "\(wrong)")
            }
        }
    }
}
