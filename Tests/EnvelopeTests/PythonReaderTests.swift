import Foundation
import Testing

@testable import Envelope

/// What others make of our bytes: readers in Python that share no code with this package.
@Suite struct PythonReaderTests {
    private struct Output {
        var status: Int32
        var out: String
        var err: String
    }

    private func run(_ script: String, _ arguments: [String] = [], input: String = "") throws -> Output {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Python")
        // A file of its own for each stream: none can fill up while another is waited for.
        let scratch = FileManager.default.temporaryDirectory.appending(path: "envelope-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let files = ["in", "out", "err"].map { scratch.appending(path: $0) }
        try input.write(to: files[0], atomically: true, encoding: .utf8)
        for file in files.dropFirst() { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", folder.appending(path: script).path] + arguments
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        return Output(
            status: process.terminationStatus, out: try String(contentsOf: files[1], encoding: .utf8),
            err: try String(contentsOf: files[2], encoding: .utf8))
    }

    private func expectSuccess(_ output: Output, sourceLocation: SourceLocation = #_sourceLocation) {
        let advice =
            output.status == 127
            ? "python3 is not there. Install it, then: python3 -m pip install cloudevents jsonschema" : output.err
        #expect(output.status == 0, "\(advice)", sourceLocation: sourceLocation)
    }

    @Test func aCloudEventsLibraryReadsOurEvents() throws {
        var generator = EventGenerator(seed: 61)
        var events = try Vectors.records().map(\.event)
        for _ in 0..<300 { events.append(try generator.event()) }
        let lines = events.map { CloudEventsJSON.encode($0) + "\n" }.joined()
        let output = try run("read_cloudevents.py", input: lines)
        expectSuccess(output)
        let expected = events.map { event in
            [event.id, event.topic.text, event.resolvedSource].map { text in
                var bytes: [UInt8] = []
                JSONText.writeString(text, into: &bytes)
                return String(decoding: bytes, as: UTF8.self)
            }.joined(separator: "\t")
        }
        #expect(output.out.split(separator: "\n").map(String.init) == expected)
    }

    @Test func theSchemaRefusesWhatIsNoCloudEvent() throws {
        let event = CloudEventsJSON.encode(try Samples.root())
        for (from, to) in [
            ("\"1.0\"", "\"0.3\""), ("\"source\":\"troupe:ingress\"", "\"source\":\"\""),
            ("\"serial\":\"1\"", "\"serial\":[1]"),
            ("\"serial\":", "\"Serial\":"), ("06:07:08.123456Z", "26:07:08"), ("\"id\":", "\"x\":"),
        ] {
            let output = try run("read_cloudevents.py", input: event.replacing(from, with: to) + "\n")
            #expect(output.status == 1, "\(to): \(output.err)")
        }
    }

    @Test func aReaderWrittenFromTheFormatDocumentReadsTheGoldenVectors() throws {
        let output = try run("read_records.py", [Vectors.folder.appending(path: "records.json").path])
        expectSuccess(output)
        #expect(output.out.split(separator: "\n").count == (try Vectors.records().count) + 1)
    }
}
