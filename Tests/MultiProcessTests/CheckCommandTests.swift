internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("Checking") struct Checking {
        @Test("check reads what the programs declare, and starts nothing", .timeLimit(.minutes(4)))
        func checks() async throws {
            try await withShopFile { stage in
                var output = try await stage.troupe("check", stage.file)
                #expect(output.standardOutput.contains("shop.yaml:4: warning: mute: nobody emits 'shop.order.placed'"))
                #expect(output.standardOutput.contains("shop: 3 handlers, "), "\(output)")
                try await stage.troupe("check", stage.file, "--strict", status: 1)
                try stage.writeFile("  order:\n  payment:\n    executable: shop-paymnt\n  stock:")
                output = try await stage.troupe("check", stage.file, "--format", "github", status: 1)
                #expect(
                    output.standardOutput.contains(
                        "::error file=\(stage.file),line=6,title=troupe check%3A program::there is no program"
                            + " 'shop-paymnt'"), "\(output)")
                #expect(output.standardOutput.contains("did you mean 'shop-payment'?: Build it"), "\(output)")
                #expect(!output.standardOutput.contains("orphan"))
                try stage.writeFile("  order:\n  order:")
                output = try await stage.troupe("check", stage.file, status: 1)
                #expect(output.standardOutput.contains("error: file: the key 'order' is given again"), "\(output)")
                try stage.writeFile("  order:\n  other:\n    executable: shop-order")
                output = try await stage.troupe("check", stage.file, status: 1)
                #expect(output.standardOutput.contains("is the handler 'order'"), "\(output)")
                #expect(!FileManager.default.fileExists(atPath: stage.home))
            }
        }

        @Test("check asks where a handler begins that was added later; told, it is content", .timeLimit(.minutes(4)))
        func starts() async throws {
            try await withShopFile { stage in
                try stage.writeFile("  order:\n  payment:")
                try await stage.up()
                try await stage.troupe("down")
                try stage.writeFile("  order:\n  payment:\n  stock:")
                let output = try await stage.troupe("check", stage.file, status: 1)
                #expect(
                    output.standardOutput.contains("shop.yaml:6: error: start: handler 'stock' is new"), "\(output)")
                #expect(output.standardOutput.contains("→ say where it begins with 'start: earliest'"), "\(output)")
                try stage.writeFile("  order:\n  payment:\n  stock:\n    start: latest")
                try await stage.troupe("check", stage.file)
            }
        }

        @Test("a consumer in any language says what it expects; what it is not sent is found", .timeLimit(.minutes(4)))
        func foreignShape() async throws {
            try await withShopFile { stage in
                let declaration = #"""
                    {"handler":"legacy","consumes":[{"topic":"shop.order.accepted","emits":[]}],"emits":[],"shapes":
                    {"emits":{},"consumes":{"shop.order.accepted":{"type":"object","required":["orderID","currency"],
                    "properties":{"orderID":{"type":"string","format":"uuid"},"currency":{"enum":["EUR"],"type":"string"},
                    "total":{"type":"integer","format":"int32"},"quantity":{"type":"string"}}}}}}
                    """#
                let script = Array("#!/bin/sh\ncat <<'END'\n\(declaration)\nEND\n".utf8)
                let path = stage.folder + "/legacy"
                // Written by another process, so that no child of this one has it open while it is run.
                _ = try await stage.run("/bin/sh", ["-c", "cat > '\(path)' && chmod 700 '\(path)'"], input: script)
                try stage.writeFile("  order:\n  legacy:\n    executable: ./legacy")
                let output = try await stage.troupe("check", stage.file, "--format", "json", status: 1)
                struct Report: Decodable {
                    struct Finding: Decodable {
                        var rule: String
                        var severity: String
                        var line: Int
                        var handler: String?
                        var topic: String?
                        var field: String?
                    }
                    var errors: Int
                    var findings: [Finding]
                }
                let report = try JSONDecoder().decode(Report.self, from: Data(output.standardOutput.utf8))
                let shapes = report.findings.filter { $0.rule == "shape" }
                #expect(report.errors == 2)
                #expect(
                    shapes.map { "\($0.severity) \($0.field ?? "")" }.sorted() == [
                        "error currency", "error quantity", "warning orderID", "warning total",
                    ], "\(output)")
                #expect(
                    shapes.allSatisfy { $0.handler == "legacy" && $0.topic == "shop.order.accepted" && $0.line == 5 })
                let refused = try await stage.troupe("up", stage.file, "--detach", status: 1)
                #expect(
                    refused.standardError.contains("legacy requires 'currency', which order never sends"), "\(refused)")
            }
        }

        @Test("up starts nothing that check finds an error in, unless told to or accepted", .timeLimit(.minutes(4)))
        func upChecks() async throws {
            try await withShopFile { stage in
                let handlers = "  clumsy:\n    executable: test-handlers"
                try stage.writeFile(handlers)
                let refused = try await stage.troupe("up", stage.file, "--detach", status: 1)
                #expect(
                    refused.standardError.contains("events go round: test.round.asked → clumsy → test.round.asked"))
                #expect(refused.standardError.contains("1 error in what the handlers declare"), "\(refused)")
                #expect(!FileManager.default.fileExists(atPath: stage.home))
                try await stage.up("--no-check")
                try await stage.troupe("down")
                try stage.writeFile(handlers + "\nloops: [test.round.asked]")
                try await stage.up()
            }
        }

        @Test("publish refuses data that a registered consumer could not decode", .timeLimit(.minutes(4)))
        func publishChecks() async throws {
            try await withShopFile { stage in
                try await stage.up()
                let topic = "shop.order.placed"
                let refused = try await stage.troupe(
                    "publish", topic, #"{"orderID":"A","sku":"t","total":1}"#, status: 1)
                #expect(refused.standardError.contains("'quantity' is missing (order)"), "\(refused)")
                #expect(refused.standardOutput == "")
                #expect(!FileManager.default.fileExists(atPath: stage.home + "/journals/ingress.0"))
                let sent = try await stage.troupe("publish", topic, "{}", "--no-check", "--await", status: 1)
                #expect(sent.standardOutput.contains("dead letter of order"), "\(sent)")
                try await stage.settle(2)
            }
        }

        @Test("publish asks a handler that was started by hand", .timeLimit(.minutes(4)))
        func byHand() async throws {
            try await withProcessStage { stage in
                try stage.start("shop-order")
                try await stage.eventually("order is found") { stage.exists("directory/order.0.json") }
                let output = try await stage.publish("shop.order.placed", #"{"orderID":1}"#)
                #expect(output.status == .exited(1))
                #expect(output.standardError.contains("'orderID' is 1, expected a text (order)"), "\(output)")
                // Nobody who is registered consumes this.
                try await stage.troupe("publish", "shop.order.accepted", #"{"orderID":1}"#)
            }
        }
    }
}
