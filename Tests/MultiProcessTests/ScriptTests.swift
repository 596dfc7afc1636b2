internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("F15: a handler whose program is a script with children") struct Scripts {
        /// A shop whose order is a script that has a child of its own and runs the handler as another.
        private nonisolated(nonsending) func withScript(
            _ body: nonisolated(nonsending) (ProcessStage, Int32) async throws -> Void
        ) async throws {
            try await withShopFile { stage in
                let script = stage.folder + "/order.sh"
                let text = """
                    #!/bin/sh
                    case "$1" in --describe) exec "\(stage.executables)/shop-order" "$@";; esac
                    sleep 1000 &
                    echo $! > "\(stage.folder)/child.$!"
                    "\(stage.executables)/shop-order" "$@"
                    """
                try Data(text.utf8).write(to: URL(filePath: script))
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
                try stage.writeFile("  order: { executable: \(script) }\n  payment:")
                try await stage.up()
                defer { for child in children(stage) { stage.kill9(child) } }
                try await stage.ps("order runs") { $0["order"]?.state == "running" }
                try await body(stage, try #require(children(stage).first))
            }
        }

        /// Those that have ever been started and still run.
        private func children(_ stage: ProcessStage) -> [Int32] {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: stage.folder)) ?? []
            return files.filter { $0.hasPrefix("child.") }.compactMap { Int32($0.dropFirst(6)) }.filter {
                FileManager.default.contents(atPath: "/proc/\($0)/cmdline").map { !$0.isEmpty } ?? false
            }
        }

        /// The script that runs a handler.
        private func script(_ stage: ProcessStage) throws -> Int32 { getsid(try #require(try stage.holder("order"))) }

        @Test("down ends all of it", .timeLimit(.minutes(2)))
        func down() async throws {
            try await withScript { stage, child in
                #expect(try script(stage) != stage.holder("order"))
                #expect(children(stage) == [child])
                try await stage.troupe("down")
                #expect(children(stage) == [])
                #expect(stage.launched() == [])
            }
        }

        @Test("kill, restart: the old ones end before the new ones run", .timeLimit(.minutes(2)))
        func killAndRestart() async throws {
            try await withScript { stage, child in
                let first = try script(stage)
                stage.kill9(first)
                try await stage.ps("order is back") {
                    $0["order"]?.state == "running" && $0["order"]?.restarts == 1
                }
                #expect(try script(stage) != first)
                #expect(!children(stage).contains(child) && children(stage).count == 1)
                let second = children(stage)
                try await stage.troupe("restart", "order")
                #expect(children(stage).count == 1 && children(stage) != second)
                try await stage.troupe("down")
                #expect(children(stage) == [] && stage.launched() == [])
            }
        }

        @Test("without a launcher all goes on, another one adopts it, and down ends it", .timeLimit(.minutes(2)))
        func launcherKilled() async throws {
            try await withScript { stage, child in
                let first = try script(stage)
                for round in 1...2 {
                    stage.kill9(try #require(try stage.launcher()))
                    try await stage.eventually("the launcher is gone") { try stage.launcher() == nil }
                    #expect(try script(stage) == first)
                    #expect(children(stage) == [child])
                    if round == 1 { try await stage.up() }
                }
                try await stage.troupe("restart", "order", "-f", stage.file)
                #expect(children(stage).count == 1 && children(stage) != [child])
                try await stage.troupe("down")
                #expect(children(stage) == [] && stage.launched() == [])
            }
        }
    }
}
