internal import Envelope
internal import Foundation
internal import Testing
internal import TroupeTesting

@testable import TroupeCLI

@Suite("Who hears a topic") struct AudienceTests {
    @Test("F11: a registered handler, a leaf; a root is only known")
    func heard() throws {
        func audience(_ topic: String) throws -> Audience {
            Audience(
                of: try Topic(topic), heard: ["shop.order.placed"], leaves: ["shop.mail.sent"],
                roots: ["shop.order.placed", "shop.order.cancelled"])
        }
        #expect(try audience("shop.order.placed").isHeard)
        #expect(try audience("shop.mail.sent").isHeard)
        #expect(try !audience("shop.order.cancelled").isHeard)
        #expect(try audience("shop.order.cancelled").complaint == "nobody hears 'shop.order.cancelled' yet")
        #expect(
            try audience("shop.order.plcaed").complaint
                == "nobody hears 'shop.order.plcaed'; did you mean 'shop.order.placed'?")
        #expect(try audience("a.b").complaint == "nobody hears 'a.b'")
    }
}

@Suite("Numbers of things") struct CountTests {
    @Test("F14: one of a thing is singular")
    func singular() {
        #expect(Count.text(1, "attempt") == "1 attempt" && Count.text(0, "attempt") == "0 attempts")
        #expect(
            Count.text(UInt32(2), "entry", "entries") == "2 entries" && Count.text(1, "entry", "entries") == "1 entry")
    }
}

extension CommandLineTests {
    @Suite("Publishing where nobody hears") struct Unheard {
        @Test("F11: it is told on standard error, and --strict refuses", .timeLimit(.minutes(4)))
        func told() async throws {
            try await withProcessStage { stage in
                try await stage.refused(
                    1, "nobody hears 'a.b'; nothing was published", given: ["publish", "a.b", "{}", "--strict"])
                #expect(!stage.hasHome)
                try await stage.startOrder()
                let slip = try await stage.run("troupe", "publish", "shop.order.plcaed", #"{"x":1}"#)
                #expect(slip.status == .exited(0) && slip.standardOutput.hasPrefix("flow "), "\(slip)")
                #expect(
                    slip.standardError
                        == "troupe: nobody hears 'shop.order.plcaed'; did you mean 'shop.order.placed'?\n")
                try await stage.refused(
                    1, "did you mean 'shop.order.placed'?; nothing was published",
                    given: ["publish", "shop.order.plcaed", "-", "--lines", "--strict"], input: Array("{}\n".utf8))
                let right = try await stage.run("troupe", "publish", "shop.order.placed", someOrder, "--strict")
                #expect(right.status == .exited(0) && right.standardError == "", "\(right)")
                try await stage.refused(
                    1, "nobody is registered for 'shop.order.plcaed'", "did you mean 'shop.order.placed'?",
                    given: ["publish", "shop.order.plcaed", "{}", "--await"])
                let file = stage.folder + "/c.yaml"
                try Data("choreography: shop\nhome: home\nleaves: [a.leaf]\n".utf8).write(to: URL(filePath: file))
                let leaf = try await stage.run("troupe", "publish", "a.leaf", "{}", "--strict", "-f", file)
                #expect(leaf.status == .exited(0) && leaf.standardError == "", "\(leaf)")
            }
        }
    }
}
