internal import Foundation
internal import Testing
internal import TroupeTesting

extension CommandLineTests {
    @Suite("Damaged files") struct Damage {
        @Test(
            "a directory record that cannot be read", .timeLimit(.minutes(4)),
            arguments: [
                (#"{"foo":1}"#, "'publisher' is missing"), ("{", "it is not valid JSON"), ("", "it is not valid JSON"),
                (#"{"publisher":7}"#, "'publisher' has another type"),
            ])
        func directoryRecord(_ text: String, _ reason: String) async throws {
            try await withProcessStage { stage in
                try stage.write(text, to: "directory/order.0.json")
                try await stage.refused(
                    1, "directory/order.0.json cannot be read", reason, "Remove the file", by: "shop-payment", given: []
                )
                // Who looks shows it among the rest.
                let output = try await stage.run("troupe", "tap", "--timeout", "100ms")
                #expect(output.status == .exited(1))
                #expect(
                    output.standardOutput.contains("directory/order.0.json cannot be read (\(reason))"), "\(output)")
                #expect(stage.names(in: "registrations") == [])
                #expect(stage.names(in: "journals") == [])
            }
        }

        @Test("a file in the directory that is no record", .timeLimit(.minutes(4)))
        func strayRecord() async throws {
            try await withProcessStage { stage in
                try stage.write("{}", to: "directory/order.json")
                try await stage.refused(
                    1, "directory/order.json is no directory record", "handler.slot.json", by: "shop-payment", given: []
                )
                #expect(stage.names(in: "registrations") == [])
            }
        }

        @Test(
            "a registration that cannot be read", .timeLimit(.minutes(4)),
            arguments: [
                (#"{"foo":1}"#, "'handler' is missing"), ("{", "it is not valid JSON"),
                (#"{"handler":"order","topics":[{"topic":"A","start":"earliest"}]}"#, "is no topic"),
                (#"{"handler":"order","topics":[{"topic":"a","start":"noon"}]}"#, "expected earliest or latest"),
            ])
        func registration(_ text: String, _ reason: String) async throws {
            try await withProcessStage { stage in
                try stage.write(text, to: "registrations/order.json")
                try await stage.refused(
                    1, "the registration", "order.json cannot be read", reason, "Restore the file", by: "shop-order",
                    given: []
                )
                try await stage.refused(
                    1, "order.json cannot be read", reason,
                    given: ["publish", "shop.order.placed", someOrder, "--await"])
                #expect(stage.names(in: "journals") == [])
                #expect(stage.names(in: "directory") == [])
            }
        }

        @Test(
            "a flipped bit below the durable end: refused, with file and offset, and nothing is repaired",
            .timeLimit(.minutes(4)))
        func flippedBit() async throws {
            try await withProcessStage { stage in
                let handle = try await stage.startOrder()
                for _ in 0..<3 {
                    let output = try await stage.run(
                        "troupe", "publish", "shop.order.placed", someOrder, "--await", "--timeout", "50s")
                    #expect(output.status == .exited(0), "\(output)")
                }
                handle.terminate()
                try await handle.waitForExit()

                let path = stage.home + "/journals/order.0/0000000000000000.seg"
                var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                bytes[bytes.count / 2] ^= 0x10
                try bytes.write(to: URL(fileURLWithPath: path))
                let output = try await stage.refused(
                    1, path, "at byte ", "checksum does not match", "nothing is cut or repaired", by: "shop-order",
                    given: [])
                #expect(output.standardError.hasPrefix("order: "))
                try await stage.refused(1, path, "at byte ", given: ["trace", "some-flow"])
                #expect(stage.names(in: "directory") == [])
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)

                // Others say so once, and go on.
                let payment = try stage.start("shop-payment")
                try await stage.eventually("payment says so") { payment.standardError.contains(path) }
                payment.terminate()
                #expect(try await payment.waitForExit() == .exited(0))
                #expect(payment.standardError.split(separator: "\n").count == 1, "\(payment.standardError)")
            }
        }

        @Test("the journal of a registered handler is gone: refused until somebody decides", .timeLimit(.minutes(4)))
        func journalGone() async throws {
            try await withProcessStage { stage in
                let handle = try await stage.startOrder()
                handle.terminate()
                try await handle.waitForExit()
                let journal = stage.home + "/journals/order.0"
                try FileManager.default.removeItem(atPath: journal)
                for _ in 0..<2 {
                    try await stage.refused(
                        1, "its journal is missing", "--reset earliest", "--reset latest", by: "shop-order", given: [])
                }
                try await stage.startOrder("--reset", "latest")
                let output = try await stage.run(
                    "troupe", "publish", "shop.order.placed", someOrder, "--await", "--timeout", "50s")
                #expect(output.status == .exited(0), "\(output)")
            }
        }
    }
}
