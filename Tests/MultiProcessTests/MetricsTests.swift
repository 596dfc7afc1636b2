internal import Foundation
internal import Testing
internal import Troupe
internal import TroupeTesting

extension MultiProcess {
    /// A real handler's endpoint, read by Python and judged by Prometheus's own tool.
    @Suite("A handler's metrics") struct Metrics {
        private static let script = """
            import os, shutil, subprocess, sys, urllib.request
            answer = urllib.request.urlopen(f"http://{sys.argv[1]}/metrics", timeout=30)
            text = answer.read().decode()
            assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", answer.headers
            promtool = shutil.which("promtool") or os.path.join(sys.argv[2], ".build/tools/promtool")
            if not os.path.exists(promtool):
                sys.exit("promtool is missing: scripts/setup --tests fetches it")
            checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True)
            if checked.returncode != 0 or checked.stdout or checked.stderr:
                sys.exit(f"promtool: {checked.stdout}{checked.stderr}")
            print(text, end="")
            """

        private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path

        @Test("tell what was handled, emitted, retried and given up, as promtool likes it")
        func scrape() async throws {
            try await withProcessStage { stage in
                let handler = try stage.start("test-handlers", "--metrics", "127.0.0.1:0", "--retry-first", "1ms")
                try await stage.hears("clumsy")
                for (topic, data, status) in [
                    ("test.later.asked", #"{"number":1}"#, 0 as Int32), ("test.failing.asked", #"{"failures":2}"#, 0),
                    ("test.failing.asked", #"{"failures":5}"#, 1),
                ] {
                    let done = try await stage.run("troupe", "publish", topic, data, "--await")
                    #expect(done.status == .exited(status), "\(done)")
                }
                let ps = try await stage.run("troupe", "ps", "--home", stage.home)
                let address = try #require(
                    ps.standardOutput.split(separator: "\n").compactMap { line in
                        line.contains("metrics at http://") ? line.split(separator: "/")[1] : nil
                    }.first, "\(ps)")
                let scraped = try await stage.run(
                    "/usr/bin/env", "python3", "-c", Self.script, String(address), Self.package)
                #expect(scraped.status == .exited(0), "\(scraped)")
                let lines = Set(scraped.standardOutput.split(separator: "\n").map(String.init))
                for line in [
                    #"troupe_events_handled_total{handler="clumsy",topic="test.later.asked"} 1"#,
                    #"troupe_events_handled_total{handler="clumsy",topic="test.failing.asked"} 1"#,
                    #"troupe_events_dead_total{handler="clumsy",topic="test.failing.asked"} 1"#,
                    #"troupe_attempts_failed_total{handler="clumsy",topic="test.failing.asked"} 7"#,
                    #"troupe_events_emitted_total{handler="clumsy",topic="test.job.done"} 2"#,
                    #"troupe_handling_seconds_count{handler="clumsy"} 9"#,
                    #"troupe_event_delay_seconds_count{handler="clumsy"} 9"#,
                    "clumsy_mishaps_total 7", #"troupe_dead_letters{handler="clumsy"} 1"#,
                    #"troupe_events_parked{handler="clumsy"} 0"#,
                ] { #expect(lines.contains(line), "\(line)\n\(scraped.standardOutput)") }
                handler.terminate()
                #expect(try await handler.waitForExit() == .exited(0))
            }
        }

        @Test("are offered nowhere unless they are asked for")
        func silent() async throws {
            try await withProcessStage { stage in
                try stage.start("test-handlers")
                try await stage.hears("clumsy")
                let ps = try await stage.run("troupe", "ps", "--home", stage.home, "--json")
                #expect(ps.standardOutput.contains(#""metrics" : null"#), "\(ps)")
            }
        }
    }
}
