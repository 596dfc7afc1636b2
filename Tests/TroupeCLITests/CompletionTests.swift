internal import Testing
internal import TroupeTesting

@testable import TroupeCLI

extension CommandLineTests {
    /// The script that bash sources, asked as bash asks it.
    @Suite("Completions") struct Completions {
        private static let script = """
            PATH=$1:$PATH
            source <(troupe completions bash)
            function=$(complete -p troupe | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
            shift
            for COMP_LINE in "$@"; do
                COMP_POINT=${#COMP_LINE} COMP_TYPE=9 COMP_KEY=9
                read -ra COMP_WORDS <<<"$COMP_LINE"
                [[ $COMP_LINE == *" " ]] && COMP_WORDS+=("")
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                COMPREPLY=()
                "$function" troupe "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                echo "${COMPREPLY[*]}"
            done
            """

        @Test("of bash know commands, options, words, handlers and topics")
        func bash() async throws {
            try await withProcessStage { stage in
                try stage.start("shop-payment")
                try await stage.eventually("payment is listed") {
                    let ps = try await stage.run("troupe", "ps")
                    return ps.standardOutput.contains("running")
                }
                let asked = [
                    "troupe p": "ps publish", "troupe top --form": "--format", "troupe top --format ": "text json",
                    "troupe logs ": "payment", "troupe restart pay": "payment",
                    "troupe dead list --handler ": "payment",
                    "troupe publish shop.payment.": "shop.payment.authorized shop.payment.declined shop.payment.voided",
                    "troupe replay ": "payment", "troupe tap shop.order.a": "shop.order.accepted",
                    "troupe completions ": "bash zsh fish",
                    "troupe logs --home /nowhere ": "",
                    "troupe up --only pay": "payment", "troupe logs -f --file Config/shop.yaml p": "payment",
                ].sorted { $0.key < $1.key }
                let done = try await stage.run(
                    "/bin/bash", ["--norc", "-c", Self.script, "bash", stage.executables] + asked.map(\.key))
                #expect(done.status == .exited(0), "\(done)")
                let answers = done.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
                for (answer, (line, expected)) in zip(answers, asked) {
                    #expect(answer == expected, "\(line)\n\(done)")
                }
            }
        }

        @Test("of every shell are printed", arguments: ["bash", "zsh", "fish"])
        func printed(_ shell: String) async throws {
            try await withProcessStage { stage in
                let done = try await stage.run("troupe", "completions", shell)
                #expect(done.status == .exited(0) && done.standardOutput.contains("completions"), "\(done)")
            }
        }

        @Test("find the home in the words so far")
        func options() {
            #expect(Candidates.option(["--home"], ["troupe", "--home", "/a", "logs"]) == "/a")
            #expect(Candidates.option(["--file", "-f"], ["troupe", "-f", "x.yaml"]) == "x.yaml")
            #expect(Candidates.option(["--home"], ["troupe", "--home=/b"]) == "/b")
            #expect(Candidates.option(["--home"], ["troupe", "--home"]) == nil)
        }
    }
}
