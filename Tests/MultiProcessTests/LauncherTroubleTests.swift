internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("The launcher in trouble") struct LauncherTrouble {
        @Test(
            "a mistake in the file is told with its line, and nothing is made", .timeLimit(.minutes(1)),
            arguments: [
                (
                    "  order:\n    setings: {}",
                    "shop.yaml:5: unknown key 'setings' of handler 'order'; did you mean 'settings'?"
                ),
                ("  order:\n    settings:\n      limit: much", "shop.yaml:5: handler 'order': "),
                ("  ordre:", "shop.yaml:4: handler 'ordre': there is no program 'shop-ordre'"),
                ("  order:\n    executable: ./nowhere", "shop.yaml:5: handler 'order': "),
                ("  payer:\n    executable: shop-payment", "shop.yaml:4: handler 'payer': the program "),
            ])
        func mistakes(_ handlers: String, _ expected: String) async throws {
            try await withShopFile { stage in
                try stage.writeFile(handlers)
                for options in [[], ["--detach"]] {
                    let output = try await stage.run("troupe", ["up", stage.file] + options)
                    #expect(output.status == .exited(1), "\(output)")
                    #expect(output.standardError.contains(expected), "\(output)")
                }
                #expect(!FileManager.default.fileExists(atPath: stage.home))
            }
        }

        @Test("one that dies before it has its slot is shown as such, and others go on", .timeLimit(.minutes(2)))
        func cannotStart() async throws {
            try await withShopFile { stage in
                try await stage.up()
                try await stage.troupe("down")
                // A registered handler whose journal is gone refuses to start.
                try FileManager.default.removeItem(atPath: stage.home + "/journals/stock.0")
                let output = try await stage.troupe("up", stage.file, "--detach", status: 1)
                #expect(
                    output.standardError.contains(
                        "stock | stock: handler 'stock' is registered but its journal is missing"))
                #expect(output.standardError.contains("stock cannot start: it exited with status 1"))
                let listing = try await stage.ps("it is given up on") { $0["stock"]?.state == "cannot start" }
                #expect(listing["order"]?.state == "running" && listing["payment"]?.state == "running")
                #expect(listing["stock"]?.lastEnd == "exited with status 1")
                #expect(listing["stock"]?.log.last?.contains("its journal is missing") ?? false)
                let text = try await stage.troupe("ps")
                #expect(text.standardOutput.contains("  it exited with status 1; next start in "), "\(text)")

                let refused = try await stage.troupe("forget", "stock", status: 1)
                #expect(refused.standardError.contains("would start it again"))
                try await stage.troupe("down")
                try stage.expectNothingLeft()

                // Forgotten, it is new, and the file must say where it begins.
                try await stage.troupe("forget", "stock")
                let new = try await stage.troupe("up", stage.file, status: 1)
                #expect(new.standardError.contains("shop.yaml:6: handler 'stock' is new to this choreography"))
                try stage.writeFile("  order:\n  payment:\n  stock: { start: latest }")
                try await stage.up()
                try await stage.settle(3)
                try await stage.troupe("down")
            }
        }

        @Test("a cycle of restarts is shown, each wait longer than the last", .timeLimit(.minutes(2)))
        func cycle() async throws {
            try await withShopFile { stage in
                try await stage.up()
                for round in 1...4 {
                    stage.kill9(try #require(try stage.holder("payment")))
                    // The last wait is long enough for `ps` to see it on any machine.
                    if round == 4 {
                        try await stage.ps("payment backs off") { $0["payment"]?.state == "backing off" }
                    }
                    try await stage.ps("payment is back") {
                        $0["payment"]?.state == "running" && $0["payment"]?.restarts == round
                    }
                }
                let log = stage.log("launcher")
                for wait in ["0.5 s", "1 s", "2 s", "4 s"] {
                    #expect(log.contains("payment was ended by SIGKILL; next start in \(wait)\n"), "\(log)")
                }
                try await stage.troupe("down")
                try stage.expectNothingLeft()
            }
        }

        @Test("restart: through the launcher, without one, and by a wrong name", .timeLimit(.minutes(2)))
        func restart() async throws {
            try await withShopFile { stage in
                try await stage.up()
                var before = try #require(try stage.holder("order"))
                try stage.writeFile("  order: { settings: { limit: 1000 } }\n  payment:\n  stock:")
                try await stage.troupe("restart", "order", "--file", stage.file)
                var now = try #require(try stage.holder("order"))
                #expect(now != before)
                // As the file is now.
                let command = try #require(FileManager.default.contents(atPath: "/proc/\(now)/cmdline"))
                #expect(String(decoding: command, as: UTF8.self).contains("limit=1000"))
                #expect(try await stage.ps()["order"]?.restarts == 1)

                stage.kill9(try #require(try stage.launcher()))
                try await stage.eventually("the launcher is gone") { try stage.launcher() == nil }
                before = now
                try await stage.troupe("restart", "order", "--file", stage.file)
                now = try #require(try stage.holder("order"))
                #expect(now != before)

                let wrong = try await stage.troupe("restart", "odrer", "--file", stage.file, status: 1)
                #expect(wrong.standardError.contains("has no handler 'odrer'; did you mean 'order'?"))
                let running = try await stage.troupe("forget", "order", status: 1)
                #expect(running.standardError.contains("order runs (process \(now)), so it is not forgotten"))
                try await stage.troupe("down")
                try stage.expectNothingLeft()
            }
        }

        @Test("F16: restart without -f takes the file of the launcher that runs", .timeLimit(.minutes(2)))
        func restartWithoutFile() async throws {
            try await withShopFile { stage in
                // A handler of that file alone, whatever file the working folder has.
                try stage.writeFile("  clumsy: { executable: test-handlers }\nloops: [test.round.asked]")
                try await stage.up()
                let before = try #require(try stage.holder("clumsy"))
                try await stage.troupe("restart", "clumsy")
                #expect(try stage.holder("clumsy") != before)
                try FileManager.default.removeItem(atPath: stage.file)
                let gone = try await stage.troupe("restart", "clumsy", status: 1)
                #expect(gone.standardError.contains("\(stage.file) cannot be read"), "\(gone)")
                try await stage.troupe("down")
            }
        }

        @Test(
            "F12: SIGHUP makes a launcher in the background open its log anew, and it goes on", .timeLimit(.minutes(2)))
        func hangUp() async throws {
            try await withShopFile { stage in
                try await stage.up()
                let launcher = try #require(try stage.launcher())
                let holders = try ProcessStage.handlers.map { try stage.holder($0) }
                let log = stage.home + "/logs/launcher.log"
                try FileManager.default.moveItem(atPath: log, toPath: log + ".1")
                kill(launcher, SIGHUP)
                try await stage.eventually("the log is there again") {
                    stage.log("launcher").contains("the log is opened anew")
                }
                kill(launcher, SIGHUP)
                try await stage.eventually("it was opened again") {
                    stage.log("launcher").components(separatedBy: "opened anew").count == 3
                }
                #expect(try stage.launcher() == launcher)
                #expect(try ProcessStage.handlers.map { try stage.holder($0) } == holders)
                try await stage.settle(3)
                try await stage.troupe("down")
                try stage.expectNothingLeft()
            }
        }

        @Test("F2: down twice at once waits twice, and ends nothing in hand", .timeLimit(.minutes(2)))
        func downTwice() async throws {
            try await withShopFile { stage in
                try stage.writeFile("  clumsy: { executable: test-handlers }\nloops: [test.round.asked]")
                try await stage.up()
                let gate = stage.folder + "/gate"
                _ = try await stage.publish("test.held.asked", #"{"number":1,"gate":"\#(gate)"}"#)
                try await stage.eventually("it is in hand") { FileManager.default.fileExists(atPath: gate + ".begun") }
                let holder = try #require(try stage.holder("clumsy"))
                let late = try await stage.troupe("down", "--timeout", "1500ms", status: 1)
                #expect(late.standardError.contains("not down within"), "\(late)")
                let downs = try (0..<2).map { _ in try stage.start("troupe", "down") }
                try await stage.eventually("both wait") { downs.allSatisfy(\.isRunning) }
                #expect(try stage.holder("clumsy") == holder)
                _ = FileManager.default.createFile(atPath: gate, contents: nil)
                for down in downs {
                    let status = try await down.waitForExit()
                    #expect(status == .exited(0), "\(status) \(down.standardError)")
                }
                #expect(!stage.log("launcher").contains("SIGKILL"))
            }
        }

        @Test("--watch restarts a handler whose program was replaced", .timeLimit(.minutes(2)))
        func watch() async throws {
            try await withShopFile { stage in
                let bin = stage.folder + "/bin"
                let files = FileManager.default
                try files.createDirectory(atPath: bin, withIntermediateDirectories: true)
                for name in ["shop-order", "shop-payment"] {
                    try files.copyItem(atPath: stage.executables + "/" + name, toPath: bin + "/" + name)
                }
                try stage.writeFile("  order:\n  payment:", executables: bin)
                try await stage.up("--watch")
                let (order, payment) = (try stage.holder("order"), try stage.holder("payment"))
                try files.copyItem(atPath: bin + "/shop-order", toPath: bin + "/new")
                try files.removeItem(atPath: bin + "/shop-order")
                try files.moveItem(atPath: bin + "/new", toPath: bin + "/shop-order")
                try await stage.ps("order is restarted") {
                    $0["order"]?.state == "running" && $0["order"]?.restarts == 1 && $0["order"]?.pid != order
                }
                #expect(try stage.holder("payment") == payment)
                try await stage.troupe("down")
                try stage.expectNothingLeft()
            }
        }

        @Test("purge refuses a folder that is no home, and a home in which something runs", .timeLimit(.minutes(1)))
        func purge() async throws {
            try await withShopFile { stage in
                try FileManager.default.createDirectory(atPath: stage.home, withIntermediateDirectories: true)
                _ = FileManager.default.createFile(atPath: stage.home + "/precious", contents: nil)
                let output = try await stage.troupe("down", "--purge", status: 1)
                #expect(output.standardError.contains("does not look like a home"))
                try await stage.up()
                try await stage.troupe("down", "--purge")
                // What is not the home's stays.
                #expect(stage.names(in: "") == ["precious"])
            }
        }

        @Test("logs: what a handler wrote, from a launcher that is gone, and a wrong name", .timeLimit(.minutes(1)))
        func logs() async throws {
            try await withShopFile { stage in
                try stage.writeFile("  order: { log: info }")
                try await stage.up()
                try await stage.eventually("it speaks") { stage.log("order").contains("hearing") }
                let output = try await stage.troupe("logs", "order")
                #expect(output.standardOutput.contains("hearing"))
                let following = try stage.start("troupe", "logs", "order", "-f")
                try await stage.eventually("it prints what there is") { following.standardOutput.contains("hearing") }
                try await stage.troupe("restart", "order", "-f", stage.file)
                try await stage.eventually("it prints what came") {
                    following.standardOutput.split(separator: "hearing").count > 2
                }
                let wrong = try await stage.troupe("logs", "ordre", status: 1)
                #expect(wrong.standardError.contains("did you mean 'order'?"))
                try await stage.troupe("down")
            }
        }
    }
}
