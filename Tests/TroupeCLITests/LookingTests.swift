internal import Choreography
internal import Envelope
internal import Foundation
internal import Testing
internal import Troupe
internal import TroupeTesting

@testable import TroupeCLI

extension CommandLineTests {
    /// Commands that look at a home: none reads it all or nothing, and none prints what controls a terminal.
    @Suite("Looking at a home") struct Looking {
        /// A bakery of two handlers: `mixer` hears what `ingress` says and says what `oven` hears.
        private func bakery(_ path: String) throws -> WrittenHome {
            let written = try WrittenHome(path)
            try written.register("mixer", "flour.bought")
            try written.register("oven", "dough.mixed")
            for flow in 1...3 {
                try written.append("ingress", written.draft(said: [written.event("flour.bought", "f\(flow)/1")]))
                try written.append(
                    "mixer",
                    written.draft(
                        heard: [("ingress", "flour.bought", UInt64(flow))],
                        said: [written.event("dough.mixed", "f\(flow)/1/mixer.1")]))
                try written.append("oven", written.draft(heard: [("mixer", "dough.mixed", UInt64(flow))]))
            }
            return written
        }

        private static let commands: [[String]] = [
            ["ps"], ["ps", "--json"], ["top", "--once", "--interval", "100ms"],
            ["top", "--format", "json", "--interval", "100ms"], ["map", "--observed"],
            ["map", "--observed", "--format", "json"], ["trace", "f1"], ["trace", "f1", "--format", "json"],
            ["trace", "--topic", "flour.bought"], ["trace", "--since", "2021-01-01T00:00:00Z"],
            ["trace", "--slowest", "5"],
            ["journal", "verify"], ["journal", "stat"], ["journal", "stat", "--json"], ["journal", "cat"],
            ["journal", "cat", "--json"],
        ]

        @Test(
            "F4: a flipped byte in one journal: every command shows the rest, marks what is damaged, and exits with 1",
            .timeLimit(.minutes(4)), arguments: commands)
        func flippedByte(_ command: [String]) async throws {
            try await withProcessStage { stage in
                try bakery(stage.home).flip("mixer")
                let output = try await stage.run("troupe", command)
                #expect(output.status == .exited(1), "\(output)")
                let text = output.standardOutput
                // The rest: of other journals, and of the flow that lies before the damage.
                let rest = command[0] == "trace" ? "flour.bought" : command.contains("cat") ? "f3" : "oven"
                #expect(text.contains(rest), "\(output)")
                #expect(text.contains("unreadable") && text.contains("mixer.0"), "\(output)")
                #expect(text.contains("checksum does not match") && text.contains("backup"), "\(output)")
                #expect(text.contains("/journals/mixer.0/0000000000000000.seg"), "\(output)")
                if command.contains("json") || command.contains("--json") {
                    for line in command.contains("--json") && command[0] == "journal" ? output.lines : [text[...]] {
                        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
                    }
                }
            }
        }

        @Test(
            "F4: registrations and directory records that cannot be read are rows of every command",
            .timeLimit(.minutes(4)), arguments: commands.filter { $0[0] != "journal" })
        func smallFiles(_ command: [String]) async throws {
            try await withProcessStage { stage in
                _ = try bakery(stage.home)
                try stage.write("{\"handler\"", to: "registrations/oven.json")
                try stage.write("\u{1}\u{2}", to: "directory/mixer.0.json")
                let output = try await stage.run("troupe", command)
                #expect(output.status == .exited(1), "\(output)")
                #expect(output.standardOutput.contains("mixer"), "\(output)")
                #expect(output.standardOutput.contains("registrations/oven.json cannot be read"), "\(output)")
                #expect(output.standardOutput.contains("directory/mixer.0.json cannot be read"), "\(output)")
            }
        }

        @Test(
            "S2: a dead letter that is no event is listed, shown as bytes, and dropped; the others stay in sight",
            .timeLimit(.minutes(4)))
        func deadLetter() async throws {
            try await withProcessStage { stage in
                let written = try bakery(stage.home)
                var record: [UInt8] = []
                EventRecord.encode(try written.event("flour.bought", "f1/1"), into: &record)
                let good = DeadLetter(
                    position: try written.position("ingress", "flour.bought", 1), time: WrittenHome.start, attempts: 5,
                    error: "burnt", record: record)
                try written.append(
                    "mixer", written.draft(knows: [.dead(written.foreignLetter("flour.bought", 9)), .dead(good)]))
                let list = try await stage.run("troupe", "dead", "list")
                #expect(list.status == .exited(1))
                #expect(list.lines.count == 3 && list.standardOutput.contains("burnt"), "\(list)")
                #expect(list.standardOutput.contains("mixer  flour.bought  bad  (no event)  5 attempts"), "\(list)")
                #expect(
                    list.standardOutput.contains(
                        "a dead letter of mixer.0 at flour.bought#9: attribute datacontenttype: "), "\(list)")
                let show = try await stage.run("troupe", "dead", "show", "--flow", "bad")
                #expect(show.status == .exited(1))
                #expect(show.standardOutput.contains("000000  ") && show.standardOutput.contains("|"), "\(show)")
                let text = show.lines.compactMap { $0.split(separator: "|").dropFirst().first }.joined()
                #expect(text.contains("application/json"), "\(show)")
                let failed = try await stage.run("troupe", "trace", "--failed")
                #expect(failed.standardOutput.contains("flow f1"), "\(failed)")
                // A damaged journal elsewhere does not keep it from being dropped.
                try written.flip("oven")
                let drop = try await stage.run("troupe", "dead", "drop", "--flow", "bad")
                #expect(drop.standardOutput.hasPrefix("dropped 1 dead letter\n"), "\(drop)")
                #expect(drop.standardOutput.contains("oven.0") && drop.status == .exited(1), "\(drop)")
                let rest = try await stage.run("troupe", "dead", "list", "--handler", "mixer")
                #expect(rest.status == .exited(0) && rest.lines.count == 1, "\(rest)")
            }
        }

        @Test(
            "S1: ps, doctor and journal verify show what was heard beyond the end of a journal", .timeLimit(.minutes(4))
        )
        func unknown() async throws {
            try await withProcessStage { stage in
                let written = try bakery(stage.home)
                try written.append("oven", written.draft(heard: [("mixer", "dough.mixed", 4)]))
                let text = "unknown: oven heard up to 4 of dough.mixed, and the journal mixer.0 ends at 3"
                for command in [["ps"], ["doctor"], ["journal", "verify"], ["journal", "verify", "mixer"]] {
                    let output = try await stage.run("troupe", command)
                    #expect(output.standardOutput.contains(text), "\(output)")
                    #expect(output.status == .exited(command[0] == "journal" ? 1 : 0), "\(output)")
                }
                let json = try await stage.run("troupe", "ps", "--json")
                #expect(
                    json.standardOutput.contains(#""unknown" : ["#) && json.standardOutput.contains(#""heard" : 4"#))
                // Nobody takes the fourth for handled.
                try written.append("mixer", written.draft(said: [written.event("dough.mixed", "f4/1/mixer.1")]))
                let whole = try await stage.run("troupe", "ps")
                #expect(!whole.standardOutput.contains("unknown"), "\(whole)")
            }
        }

        @Test("a map of a home in which nothing was heard of late", .timeLimit(.minutes(4)))
        func quiet() async throws {
            try await withProcessStage { stage in
                _ = try bakery(stage.home)
                let output = try await stage.run("troupe", "map", "--observed")
                #expect(output.status == .exited(0) && output.standardOutput.contains("dough.mixed (3"), "\(output)")
            }
        }

        @Test("F4: down works in a home with files that cannot be read", .timeLimit(.minutes(4)))
        func down() async throws {
            try await withProcessStage { stage in
                _ = try bakery(stage.home)
                try stage.write("{\"handler\"", to: "registrations/oven.json")
                try stage.write("{}", to: "directory/x.json")
                let output = try await stage.run("troupe", "down")
                #expect(output.status == .exited(0), "\(output)")
            }
        }

        private static let hostile =
            "ok\n  outstanding: forged\r\u{1B}[31mred\u{1B}]0;t\u{7}\u{9B}2J\u{7F}\u{202E}txt\u{2066}\u{61C}"

        @Test("F6: nothing of an event, an error or a file controls the terminal", .timeLimit(.minutes(4)))
        func hostileText() async throws {
            try await withProcessStage { stage in
                let written = try bakery(stage.home)
                let hostile = Self.hostile
                let json = String(
                    decoding: try JSONEncoder().encode(["text": "\u{7F}\u{9B}\u{202E}\u{2066}"]), as: UTF8.self)
                let event = try written.event("flour.bought", "f9/1", data: json, context: ["note": hostile])
                try written.append("ingress", written.draft(said: [event]))
                var record: [UInt8] = []
                EventRecord.encode(event, into: &record)
                let dead = DeadLetter(
                    position: try written.position("ingress", "flour.bought", 4), time: WrittenHome.start, attempts: 5,
                    error: hostile, record: record)
                let park = Park(
                    position: try written.position("ingress", "flour.bought", 4), reason: .retry,
                    due: WrittenHome.start,
                    attempts: 1, key: hostile, error: hostile, record: record)
                try written.append("oven", written.draft(knows: [.park(park)]))
                try written.append(
                    "mixer",
                    written.draft(heard: [("ingress", "flour.bought", 4)], knows: [.dead(dead)]))
                try stage.write("{}", to: "directory/\u{1B}[31mx.json")
                try stage.write("bak\u{1B}[31mery\n", to: "choreography")
                let commands =
                    Self.commands.filter { !$0.contains("json") && !$0.contains("--json") } + [
                        ["trace", "f9"], ["trace", "f9", "--format", "mermaid"], ["dead", "list"], ["dead", "show"],
                        ["trace", "x\u{1B}[31m\ny"], ["logs", "x\u{1B}[31m\ny"], ["journal", "stat", "x\u{1B}[2J\ny"],
                        ["map", "--observed", "--format", "mermaid"], ["doctor"],
                    ]
                for command in commands {
                    let output = try await stage.run("troupe", command)
                    for text in [output.standardOutput, output.standardError] {
                        let wild = text.unicodeScalars.filter { $0 != "\n" && Printable.text(String($0)) != String($0) }
                        #expect(wild.isEmpty, "\(command): \(wild.map(\.value))")
                        #expect(!text.contains("\n  outstanding: forged"), "\(command)")
                    }
                }
                let trace = try await stage.run("troupe", "trace", "f9")
                #expect(trace.standardOutput.contains("note=ok\\n  outstanding: forged\\r\\u001b[31mred"), "\(trace)")
            }
        }

        @Test("F6: who prints for people goes through Console.line, and text for programs is listed here")
        func printers() throws {
            let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Sources/TroupeCLI")
            // Each of these prints JSON, a picture, a script or a log as it is.
            let exact: Set = [
                "Console.swift", "CheckCommand.swift", "CompletionsCommand.swift", "DescribeCommand.swift",
                "DoctorCommand.swift", "JournalCatCommand.swift", "JournalStatCommand.swift", "LogsCommand.swift",
                "MapCommand.swift", "PsCommand.swift", "SimulateCommand.swift", "TapCommand.swift", "TopCommand.swift",
                "TraceCommand.swift",
                "TraceFollower.swift",
            ]
            // These write to a terminal or a pipe themselves, after escaping.
            let own: Set = ["Console.swift", "LauncherOutput.swift", "TopTerminal.swift"]
            let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
            var seen = 0
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift" else { continue }
                seen += 1
                let name = file.lastPathComponent
                let text = try String(contentsOf: file, encoding: .utf8)
                #expect(!text.contains("Console.exact(") || exact.contains(name), "\(name)")
                #expect(!text.contains("STDOUT_FILENO, $0") || own.contains(name), "\(name)")
                #expect(text.range(of: #"(?<![.\w])print\("#, options: .regularExpression) == nil, "\(name)")
                // On a terminal a colour would pass: what comes from outside is escaped where it is put in.
                for line in text.split(separator: "\n") where !line.contains("printable") {
                    for outside in [
                        "\\(letter.error)", "\\(park.error)", "\\(letter.letter.error)", "\\(hearing.error",
                        "\\(item.reason)", "  \\(data)",
                    ] where !line.contains("Console.error(") {
                        #expect(!line.contains(outside), "\(name): \(line)")
                    }
                }
            }
            #expect(seen > 50)
        }
    }
}
