internal import Foundation
internal import Testing
internal import Troupe
internal import TroupeTesting

@testable import TroupeCLI

extension CommandLineTests {
    @Suite("Command lines that are wrong, and output that is lost") struct Usage {
        /// A shell's command line in which `$T` is the program and `$F` the stage's folder.
        private func shell(_ stage: ProcessStage, _ text: String, input: [UInt8]? = nil) async throws -> ProcessOutput {
            let environment = ["T": stage.executables + "/troupe", "F": stage.folder, "E": stage.executables]
            return try await stage.run("/bin/sh", ["-c", text], environment: environment, input: input)
        }

        @Test("F5: an argument that is not UTF-8 is refused by every command", .timeLimit(.minutes(4)))
        func notUTF8() async throws {
            try await withProcessStage { stage in
                let names = TroupeCommand.configuration.subcommands.map { $0.configuration.commandName! }
                #expect(names.count > 15)
                let lines =
                    names.map { #""$T" \#($0) "$(printf 'caf\351')""# } + [
                        #""$T" publish a.b "$(printf '{"x":"caf\351"}')""#,
                        #""$T" publish a.b '{}' --key "$(printf '\377')""#,
                        #""$T" publish a.b '{}' --context "$(printf 'k=\300\200')""#,
                        #""$T" publish a.b '{}' "--home=$(printf '/tmp/\351')""#,
                        #"TROUPE_HOME=$(printf '/tmp/\351') "$T" ps"#,
                        #""$E/shop-order" --set "$(printf 'limit=\355\240\200')""#,
                    ]
                for line in lines {
                    let output = try await shell(stage, line)
                    #expect(output.status == .exited(64) && output.standardOutput == "", "\(line)\n\(output)")
                    #expect(output.standardError.contains("is not UTF-8 text: '"), "\(line)\n\(output)")
                    #expect(output.standardError.split(separator: "\n").count == 1)
                }
                #expect(!stage.hasHome)
                let text = try await shell(stage, #""$T" publish a.b '{"x":"café"}'"#)
                #expect(text.status == .exited(0), "\(text)")
            }
        }

        @Test("F5: what is not UTF-8 is shown with its bytes, and not whole")
        func shownBytes() {
            let long = Array(repeating: UInt8(0x61), count: 100) + [0xE9]
            #expect(
                CommandLineText.complaint(about: [("argument 1", [0x63, 0xE9, 0x0A])])
                    == #"argument 1 is not UTF-8 text: 'c\xe9\x0a'. Write it in UTF-8"#)
            #expect(CommandLineText.complaint(about: [("a", long)])!.count < 120)
            #expect(CommandLineText.complaint(about: [("a", Array("é".utf8)), ("b", [])]) == nil)
        }

        @Test("F13: output that cannot be written is an error, whatever the command", .timeLimit(.minutes(4)))
        func fullOutput() async throws {
            try await withProcessStage { stage in
                try stage.write("", to: "journals/.keep")
                try stage.write("a line\n", to: "logs/order.log")
                for command in [
                    "--help", "--version", "help publish", "completions bash", "ps", "ps --json", "down", "doctor",
                    "simulate --runs 1", "describe \"$E/shop-order\"", "logs order", "top --once --interval 100ms",
                    "map --observed",
                ] {
                    let output = try await shell(stage, "exec \"$T\" \(command) > /dev/full")
                    #expect(output.status == .exited(1), "\(command)\n\(output)")
                    #expect(
                        output.standardError.contains("troupe: the output cannot be written: No space left on device"),
                        "\(command)\n\(output)")
                }
                let handler = try await shell(stage, "exec \"$E/shop-order\" --describe > /dev/full")
                #expect(handler.status == .exited(1), "\(handler)")
                #expect(handler.standardError.contains("shop-order: the output cannot be written"), "\(handler)")
            }
        }

        @Test("F13: publish says that it was published nevertheless", .timeLimit(.minutes(4)))
        func publishedNevertheless() async throws {
            try await withProcessStage { stage in
                let single = try await shell(stage, "exec \"$T\" publish a.b '{\"n\":1}' --id mine > /dev/full")
                #expect(single.status == .exited(1), "\(single)")
                #expect(
                    single.standardError.contains("What was done stays done: flow mine published at synced"),
                    "\(single)")
                let again = try await stage.run("troupe", "publish", "a.b", #"{"n":1}"#, "--id", "mine")
                #expect(again.standardOutput == "flow mine already published\n")
                let lines = try await shell(
                    stage, "exec \"$T\" publish a.b - --lines > /dev/full", input: Array("{}\n{}\n".utf8))
                #expect(lines.standardError.contains("published 2 events at synced"), "\(lines)")
                // A reader that has gone is no error to speak of.
                let gone = try await shell(stage, "trap '' PIPE; \"$T\" completions bash | true")
                #expect(gone.status == .exited(0) && gone.standardError == "", "\(gone)")
            }
        }

        @Test("F13: what is printed where standard output is closed goes into no journal", .timeLimit(.minutes(4)))
        func closedOutput() async throws {
            try await withProcessStage { stage in
                for closed in [">&-", ">&- <&-", ">&- 2>&-", "<&- >&- 2>&-"] {
                    let output = try await shell(stage, "\"$T\" publish a.b '{\"n\":1}' \(closed)")
                    #expect(output.status == .exited(1), "\(closed)\n\(output)")
                    if closed == ">&-" {
                        #expect(output.standardError.contains("What was done stays done"), "\(output)")
                    }
                }
                let verified = try await stage.run("troupe", "journal", "verify")
                #expect(verified.standardOutput.contains(" 4 events, whole"), "\(verified)")
            }
        }

        @Test(
            "F14: what is wrong with a command line takes one line, with a hint", .timeLimit(.minutes(4)),
            arguments: [
                (["publish"], "missing expected argument '<topic>'", "troupe publish --help"),
                (["publish", "a.b", "{}", "--awiat"], "Did you mean '--await'?", "troupe publish --help"),
                (["publish", "a.b", "{}", "--timeout", "5"], "500ms, 10s, 2m", "troupe publish --help"),
                (["publish", "a.b", "@"], "'@' needs a file's name", "troupe publish --help"),
                (["map", "--format", "x"], "text, mermaid, dot, svg, json, asyncapi", "troupe map --help"),
                (["tap", "--count", "0"], "--count takes at least 1", "troupe tap --help"),
                (["help", "nosuch"], "'nosuch' is no command of troupe", "troupe --help"),
                (["help", "journal", "cta"], "did you mean 'cat'?", "troupe journal --help"),
                (["publihs"], "did you mean 'publish'?", "troupe --help"),
                (["ps", "one", "two"], "two", "troupe ps --help"),
            ] as [([String], String, String)])
        func oneLine(_ arguments: [String], _ part: String, _ hint: String) async throws {
            try await withProcessStage { stage in
                let output = try await stage.refused(64, part, "See '\(hint)'", given: arguments)
                #expect(output.standardError.hasPrefix("troupe: "), "\(output)")
                #expect(output.standardError.split(separator: "\n").count == 1, "\(output)")
            }
        }

        @Test("F14: the version, and help for what there is", .timeLimit(.minutes(4)))
        func version() async throws {
            try await withProcessStage { stage in
                let version = try await stage.run("troupe", "--version")
                #expect(version.status == .exited(0) && version.standardOutput == "troupe \(TroupeVersion.text)\n")
                for words in [["help"], ["help", "journal", "cat"], ["journal", "--help"], ["help", "publish"]] {
                    let help = try await stage.run("troupe", words)
                    #expect(help.status == .exited(0) && help.standardOutput.contains("USAGE: troupe"), "\(help)")
                }
            }
        }

        @Test("F14: a handler's command line is refused in one line too", .timeLimit(.minutes(4)))
        func handlerOneLine() async throws {
            try await withProcessStage { stage in
                let output = try await stage.refused(
                    64, "--lanes takes 1 to 64", "See 'shop-order --help'", by: "shop-order", given: ["--lanes", "0"])
                #expect(output.standardError.split(separator: "\n").count == 1, "\(output)")
            }
        }

        @Test("F7: who follows ends when its reader does", .timeLimit(.minutes(4)))
        func readerGone() async throws {
            try await withProcessStage { stage in
                let order = try await stage.startOrder()
                order.terminate()
                try await order.waitForExit()
                try stage.write("a line\n", to: "logs/order.log")
                let published = try await stage.run(
                    "troupe", "publish", "shop.order.placed", someOrder, "--id", "waiting")
                try #require(published.status == .exited(0), "\(published)")

                let logs = try await shell(stage, "\"$T\" logs order -f | head -n 1")
                #expect(logs.standardOutput == "a line\n")
                let trace = try await shell(stage, "\"$T\" trace waiting --follow | head -n 1")
                #expect(trace.standardOutput.hasPrefix("flow waiting"), "\(trace)")

                let tap = try stage.start(
                    "/bin/sh", ["-c", "\"$T\" tap | head -n 1"],
                    environment: ["T": stage.executables + "/troupe"])
                try await stage.eventually("tap looks") { tap.standardError.contains("tapping") }
                _ = try await stage.run("troupe", "publish", "a.b", "{}")
                #expect(try await tap.waitForExit(within: .seconds(60)) == .exited(0))
                #expect(tap.standardOutput.contains("a.b"))
            }
        }
    }
}
