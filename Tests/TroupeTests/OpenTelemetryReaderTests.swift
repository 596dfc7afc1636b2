internal import Envelope
internal import Foundation
internal import Testing
internal import Troupe
internal import TroupeTesting

/// What OpenTelemetry's own messages make of our lines.
@Suite struct OpenTelemetryReaderTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Python/read_otlp.py").path

    private static let isInstalled: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import opentelemetry.proto"]
        process.standardError = FileHandle.nullDevice
        return (try? process.run()) != nil && { process.waitUntilExit() }() == () && process.terminationStatus == 0
    }()

    private func read(_ text: String) async throws -> ProcessOutput {
        try await withProcessStage { stage in
            try await stage.run("/usr/bin/env", ["python3", Self.script], input: Array(text.utf8))
        }
    }

    @Test(
        .enabled(if: isInstalled, "opentelemetry-proto is missing: scripts/setup --tests installs it"),
        .timeLimit(.minutes(1)))
    func `OpenTelemetry's reader takes each line, and finds the spans in it`() async throws {
        let line = try await withHome { home in
            try FlowTraceTests.write(home)
            return try FlowReader(home: home).trace(FlowID(FlowTraceTests.flow))?.otlp()
        }
        let output = try await read(try #require(line) + "\n" + #require(line) + "\n")
        #expect(output.status == .exited(0), "\(output)")
        let spans = output.lines.prefix(output.lines.count / 2).map { $0.split(separator: " ").map(String.init) }
        #expect(output.lines.count == 12)
        #expect(
            spans.map { $0[3...].joined(separator: " ") } == [
                "SPAN_KIND_PRODUCER ingress publish shop.order.placed",
                "SPAN_KIND_CONSUMER order process shop.order.placed",
                "SPAN_KIND_CONSUMER payment process shop.order.accepted",
                "SPAN_KIND_CONSUMER stock process shop.order.accepted",
                "SPAN_KIND_CONSUMER delivery process shop.payment.authorized",
                "SPAN_KIND_CONSUMER mail process shop.payment.authorized",
            ])
        #expect(spans[0][2] == "00f067aa0ba902b7" && spans[1][2] == spans[0][1] && spans[2][2] == spans[1][1])
    }

    @Test(
        .enabled(if: isInstalled, "opentelemetry-proto is missing: scripts/setup --tests installs it"),
        .timeLimit(.minutes(1)),
        arguments: [#"{"resourceSpans":[{"spans":[]}]}"#, "[]", #"{"resourceSpans":[{"resource":{}}]}"#])
    func `it refuses what is none`(line: String) async throws {
        let output = try await read(line + "\n")
        #expect(output.status == .exited(1), "\(output)")
    }
}
