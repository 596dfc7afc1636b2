internal import Foundation
internal import Testing
internal import Troupe
internal import TroupeTesting

extension CommandLineTests {
    @Suite("Describing") struct Describing {
        private static let order = Declaration(
            handler: "order",
            consumes: [
                Declaration.Consumed(
                    topic: "shop.order.placed", emits: ["shop.order.accepted", "shop.order.rejected"]),
                Declaration.Consumed(topic: "shop.payment.declined", emits: ["shop.order.cancelled"]),
            ], emits: ["shop.order.accepted", "shop.order.cancelled", "shop.order.rejected"])

        @Test("--describe prints JSON and starts nothing", .timeLimit(.minutes(4)))
        func describes() async throws {
            try await withProcessStage { stage in
                let direct = try await stage.run("shop-order", "--describe")
                let path = stage.executables + "/shop-order"
                let other = try await stage.run("troupe", "describe", path)
                for output in [direct, other] {
                    #expect(output.status == .exited(0), "\(output)")
                    #expect(output.standardError == "")
                    var declaration = try JSONDecoder().decode(Declaration.self, from: Data(output.standardOutput.utf8))
                    let shapes = try #require(declaration.shapes)
                    #expect(shapes.consumes.keys.sorted() == Self.order.consumes.map(\.topic))
                    #expect(shapes.emits.keys.sorted() == Self.order.emits)
                    declaration.shapes = nil
                    #expect(declaration == Self.order)
                }
                #expect(direct.lines.count == 1)
                #expect(!stage.hasHome)
            }
        }

        @Test("what is no handler", .timeLimit(.minutes(4)))
        func noHandler() async throws {
            try await withProcessStage { stage in
                // Written by another process: what this one has open, a child that is forked meanwhile has too, and what
                // is open for writing cannot be run.
                func script(_ name: String, _ body: String) async throws -> String {
                    let path = stage.folder + "/" + name
                    let text = "#!/bin/sh\n\(body)\n"
                    let output = try await stage.run(
                        "/bin/sh", ["-c", "cat > '\(path)' && chmod 700 '\(path)'"], input: Array(text.utf8))
                    try #require(output.status == .exited(0), "\(output)")
                    return path
                }
                try await stage.refused(1, "/bin/true is no handler", given: ["describe", "/bin/true"])
                try await stage.refused(1, "--describe failed", given: ["describe", "/bin/ls"])
                try await stage.refused(1, "is no handler", given: ["describe", await script("list", "echo '[1]'")])
                try await stage.refused(
                    1, "cannot be run", "not found", "Build it", given: ["describe", stage.folder + "/missing"])
                try await stage.refused(
                    1, "cannot be run", "Build it", given: ["describe", "no-such-program-anywhere"])
                // Killed when the patience is over, with nothing left behind.
                try await stage.refused(
                    1, "is no handler", "did not answer --describe within 5",
                    given: ["describe", await script("mute", "exec sleep 50")])
                #expect(!stage.hasHome)
            }
        }

        @Test(
            "mistyped subcommands and flags", .timeLimit(.minutes(4)),
            arguments: [
                (["publsh", "a.b", "{}"], "did you mean 'publish'?"),
                (["journal", "verfy"], "did you mean 'verify'?"), (["zzz"], "'zzz' is no command"),
                (["publish", "a.b"], "<data>"), (["trace"], "<flow>"),
                (["tap", "--count", "0"], "--count takes at least 1"), (["trace", "x", "--format", "xml"], "tree"),
                (["trace", "x", "--failed"], "cannot go with --topic"),
                (["trace", "--follow", "--failed"], "--follow"),
                (["replay", "payment"], "either --flow ID or --since T"), (["trace", "--since", "noon"], "--since"),
                (["--hme"], "--hme"), (["publish", "a.b", "{}", "--awiat"], "--await"),
            ])
        func mistyped(_ arguments: [String], _ part: String) async throws {
            try await withProcessStage { stage in
                try await stage.refused(64, part, "See 'troupe", "--help'", given: arguments)
                #expect(!stage.hasHome)
            }
        }

        @Test(
            "a handler's own command line", .timeLimit(.minutes(4)),
            arguments: [
                (["--hme", "x"], 64, "Did you mean '--home'?"), (["--lanes", "0"], 64, "--lanes takes 1 to 64"),
                (["--attempts", "0"], 64, "--attempts takes 1 to 1000"), (["--home", ""], 64, "--home is empty"),
                (["--durability", "x"], 64, "synced, written or memory"),
                (["--start", "now"], 64, "earliest or latest"),
                (["--log-level", "loud"], 64, "trace, debug, info"), (["--set", "limit"], 1, "--set takes key=value"),
                (["--set", "limit=x"], 1, "setting 'limit' is 'x'; expected an integer"),
            ] as [([String], Int32, String)])
        func handlerArguments(_ arguments: [String], _ status: Int32, _ part: String) async throws {
            try await withProcessStage { stage in
                let output = try await stage.refused(status, part, by: "shop-order", given: arguments)
                if status == 64 { #expect(output.standardError.contains("See 'shop-order --help'"), "\(output)") }
                #expect(!stage.hasHome)
            }
        }
    }
}
