internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("Mapping") struct Mapping {
        @Test("what journals tell: counts, who failed, who is down and how far behind", .timeLimit(.minutes(4)))
        func observed() async throws {
            try await withShopFile { stage in
                try await stage.up()
                try await stage.settle(7)
                try await stage.troupe("publish", "shop.order.placed", "{}", "--no-check", "--await", status: 1)
                try await stage.troupe("down")
                try await stage.troupe("publish", "shop.order.placed", order("last"))
                let output = try await stage.troupe("map", stage.file, "--observed", "--window", "1h")
                let lines = output.standardOutput
                #expect(lines.contains("shop  3 handlers, "), "\(output)")
                #expect(lines.contains("shop.order.placed (9, "), "\(output)")
                #expect(lines.contains("order (1 behind, 1 dead, down)"), "\(output)")
                #expect(lines.contains("shop.order.accepted (7, "), "\(output)")
                #expect(lines.contains("stock (down)"), "\(output)")

                let difference = try await stage.troupe("map", stage.file, "--diff")
                #expect(difference.standardOutput.contains("declared, never seen:"), "\(difference)")
                #expect(difference.standardOutput.contains("  order says shop.order.rejected\n"), "\(difference)")
                #expect(!difference.standardOutput.contains("seen, not declared:"), "\(difference)")

                // Another program under the name: what it does not declare was seen.
                try stage.writeFile("  order:\n  payment:")
                let later = try await stage.troupe("map", stage.file, "--diff")
                #expect(later.standardOutput.contains("seen, not declared:\n"), "\(later)")
                #expect(later.standardOutput.contains("  stock says shop.stock.reserved\n"), "\(later)")
            }
        }

        @Test("handlers that were started by hand are seen without a file", .timeLimit(.minutes(4)))
        func withoutFile() async throws {
            try await withProcessStage { stage in
                try stage.start("shop-order")
                try await stage.hears("order")
                try await stage.troupe("publish", "shop.order.placed", order("1"), "--await")
                let output = try await stage.troupe("map", "--observed", "--home", stage.home)
                #expect(output.standardOutput.contains("shop.order.placed (1, "), "\(output)")
                #expect(output.standardOutput.contains("─► order ── shop.order.accepted (1, "), "\(output)")
            }
        }

        @Test("maps that cannot be drawn", .timeLimit(.minutes(4)))
        func refused() async throws {
            try await withShopFile { stage in
                let both = try await stage.troupe("map", stage.file, "--observed", "--diff", status: 64)
                #expect(both.standardError.contains("choose one of"))
                let nowhere = try await stage.troupe("map", stage.file, "--observed", status: 1)
                #expect(nowhere.standardError.contains("there is no home"), "\(nowhere)")
                let nobody = try await stage.troupe("map", stage.file, "--around", "stok", status: 1)
                #expect(nobody.standardError.contains("did you mean 'stock'?"), "\(nobody)")
                let format = try await stage.troupe("map", stage.file, "--format", "png", status: 64)
                #expect(format.standardError.contains("mermaid"), "\(format)")
            }
        }
    }
}
