internal import Choreography
internal import Envelope
internal import Glibc
internal import Journal
internal import Troupe

/// Measures how soon one flow is found among many events: `trace-index-bench HOME EVENTS LOOKS`.
///
/// Writes journals as two handlers leave them that ran for long: roots in the ingress journal, a follow-on of each, heard
/// in entries of 1 to 16 events. Then looks for random flows, as `troupe trace` does.
@main enum TraceIndexBench {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let events = Int(arguments[2]), let looks = Int(arguments[3]), events >= 2,
            looks > 0
        else {
            FileHandle.writeError("usage: trace-index-bench HOME EVENTS LOOKS")
            exit(64)
        }
        let home = Home(arguments[1])
        try home.prepare(choreography: "bench")
        let clock = ContinuousClock()
        let writing = try clock.measure { try HomeWriter(home: home, roots: events / 2).run() }
        print("wrote \(events / 2 * 2) events in \(events / 2) flows: \(seconds(writing)) s")

        let reader = FlowReader(home: home)
        let first = try clock.measure { try look(reader, 0) }
        print("first look, which makes the index: \(seconds(first)) s")
        var random = SystemRandomNumberGenerator()
        let spent = try (0..<looks).map { _ in
            let flow = Int.random(in: 0..<(events / 2), using: &random)
            return try clock.measure { try look(reader, flow) }
        }.sorted()
        print(
            "looks: \(looks), p50 \(milliseconds(spent[looks / 2])) ms, p99 \(milliseconds(spent[looks * 99 / 100])) ms,"
                + " max \(milliseconds(spent[looks - 1])) ms")
    }

    private static func look(_ reader: FlowReader, _ number: Int) throws {
        guard let trace = try reader.trace(HomeWriter.flow(number)), trace.isSettled, trace.steps.count == 2 else {
            FileHandle.writeError("flow \(HomeWriter.flow(number)) is not as it was written")
            exit(1)
        }
    }

    private static func seconds(_ duration: Duration) -> String { decimal(duration / .milliseconds(1) / 1000) }
    private static func milliseconds(_ duration: Duration) -> String { decimal(duration / .milliseconds(1)) }

    private static func decimal(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}
