internal import Foundation
internal import Testing
internal import TroupeTesting

extension CommandLineTests {
    @Suite("Homes") struct Homes {
        @Test("--await where nobody is registered: nothing is published, and no home is made", .timeLimit(.minutes(4)))
        func nobodyRegistered() async throws {
            try await withProcessStage { stage in
                let arguments = ["publish", "shop.order.accepted", someOrder, "--await"]
                try await stage.refused(
                    1, "nobody is registered for 'shop.order.accepted'", "nothing was published", "Start a handler",
                    given: arguments)
                #expect(!stage.hasHome)
                try await stage.startOrder()
                try await stage.refused(1, "nobody is registered for 'shop.order.accepted'", given: arguments)
                #expect(stage.names(in: "journals") == ["order.0"])
            }
        }

        @Test("a path that is too long for sockets: nothing is made", .timeLimit(.minutes(4)))
        func tooLong() async throws {
            try await withProcessStage { stage in
                let name = String(repeating: "y", count: 90)
                let home = stage.folder + "/" + name
                for (executable, arguments) in [("troupe", ["publish", "a.b", "{}"]), ("shop-order", [])] {
                    try await stage.refused(
                        1, "the home's path is too long for sockets", "at most 85 bytes", by: executable,
                        given: arguments + ["--home", home])
                    #expect(!FileManager.default.fileExists(atPath: home))
                }
                let longest = stage.folder + "/" + String(repeating: "y", count: 84 - stage.folder.utf8.count)
                let handle = try stage.start("shop-order", "--home", longest)
                try await stage.eventually("it hears") {
                    FileManager.default.fileExists(atPath: longest + "/directory/order.0.json")
                }
                handle.terminate()
                #expect(try await handle.waitForExit() == .exited(0))
            }
        }

        @Test("a file where the home should be", .timeLimit(.minutes(4)))
        func file() async throws {
            try await withProcessStage { stage in
                let path = stage.folder + "/file"
                try Data("x".utf8).write(to: URL(fileURLWithPath: path))
                for home in [path, path + "/below"] {
                    try await stage.refused(
                        1, "the home \(home) cannot be used", "is a file and no folder", "--home",
                        given: ["publish", "a.b", "{}", "--home", home])
                    try await stage.refused(
                        1, "the home \(home) cannot be used", "is a file and no folder", by: "shop-order",
                        given: ["--home", home])
                }
                try await stage.refused(1, "is a file and no folder", given: ["trace", "x", "--home", path])
                try await stage.refused(
                    1, "is a file and no folder", given: ["tap", "--timeout", "1s", "--home", path])
            }
        }

        @Test("no home: those who only look make none", .timeLimit(.minutes(4)))
        func noHome() async throws {
            try await withProcessStage { stage in
                try await stage.refused(1, "there is no home at", "--home", given: ["trace", "x"])
                try await stage.refused(1, "there is no home at", "--home", given: ["tap", "--timeout", "1s"])
                #expect(!stage.hasHome)
            }
        }

        @Test(
            "F16: a process that has a slot and does not stand in the directory is starting for a time, then named",
            .timeLimit(.minutes(4)))
        func unlisted() async throws {
            try await withProcessStage { stage in
                let handle = try await stage.startOrder()
                try FileManager.default.removeItem(atPath: stage.home + "/directory/order.0.json")
                try await stage.eventually("it is named") {
                    let output = try await stage.run("troupe", "ps")
                    #expect(!output.standardOutput.contains("stopped"), "\(output)")
                    return output.standardOutput.contains(
                        "  process \(handle.pid) has its slot and does not stand in the directory")
                }
                let json = try await stage.run("troupe", "ps", "--json")
                #expect(json.standardOutput.contains("\"state\" : \"unlisted\""), "\(json)")
                let down = try await stage.run("troupe", "down")
                #expect(down.standardOutput == "stopped: order\n", "\(down)")
            }
        }

        @Test("a home that belongs to another choreography", .timeLimit(.minutes(4)))
        func otherChoreography() async throws {
            try await withProcessStage { stage in
                try await stage.startOrder("--choreography", "shop")
                try await stage.refused(
                    1, "belongs to the choreography 'shop', not 'bakery'", "home of its own", by: "shop-payment",
                    given: ["--choreography", "bakery"])
                let path = stage.folder + "/bakery.yaml"
                try Data("choreography: bakery\nhome: home\n".utf8).write(to: URL(fileURLWithPath: path))
                try await stage.refused(
                    1, "belongs to the choreography 'shop', not 'bakery'",
                    given: ["publish", "a.b", "{}", "--file", path])
                #expect(stage.names(in: "registrations") == ["order.json"])
                #expect(stage.names(in: "journals") == ["order.0"])
            }
        }

        @Test("a second process for a slot is refused, naming the first; the first goes on", .timeLimit(.minutes(4)))
        func secondProcess() async throws {
            try await withProcessStage { stage in
                let first = try await stage.startOrder()
                try await stage.refused(
                    1, "another process runs slot order.0 already", "process \(first.pid)", by: "shop-order", given: [])
                #expect(stage.names(in: "directory") == ["order.0.json"])
                #expect(stage.names(in: "run").count == 2)
                let output = try await stage.run(
                    "troupe", "publish", "shop.order.placed", someOrder, "--await", "--timeout", "50s")
                #expect(output.status == .exited(0), "\(output)")
            }
        }

        @Test("twenty at once for a slot: one runs, nineteen are refused", .timeLimit(.minutes(4)))
        func twentyProcesses() async throws {
            try await withProcessStage { stage in
                let handles = try (0..<20).map { _ in try stage.start("shop-order") }
                try await stage.eventually("one is left") { stage.running.count == 1 }
                for handle in handles where !handle.isRunning {
                    #expect(handle.status == .exited(1))
                    #expect(
                        handle.standardError.contains("another process runs slot order.0"), "\(handle.standardError)")
                }
                let output = try await stage.run(
                    "troupe", "publish", "shop.order.placed", someOrder, "--await", "--timeout", "50s")
                #expect(output.status == .exited(0), "\(output)")
            }
        }
    }
}
