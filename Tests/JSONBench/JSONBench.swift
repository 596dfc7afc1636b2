internal import EventJSON

/// Compares JSON coders in one process, in alternating rounds: `json-bench`, or for a profiler
/// `json-bench flat|nested CODER COUNT`, which decodes and encodes an order COUNT times.
@main
enum JSONBench {
    static let rounds = 11
    static let millisecondsPerRound = 40.0

    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count == 4, let count = Int(arguments[3]) {
            return arguments[1] == "flat"
                ? try run(Order(), arguments[2], times: count) : try run(NestedOrder(), arguments[2], times: count)
        }
        try compare("flat", Order())
        try compare("nested", NestedOrder())
        try compareParsers(EventJSONEncoder().encode(NestedOrder()))
    }

    private static func run(_ value: some Codable & Sendable, _ name: String, times: Int) throws {
        let bytes = try EventJSONEncoder().encode(value)
        guard let candidate = Candidate.all(for: value).first(where: { $0.name == name }) else {
            throw EventJSONBenchError(message: "no candidate '\(name)'")
        }
        for _ in 0..<times {
            try candidate.decodes(bytes)
            try candidate.encodes()
        }
    }

    private static func compare<T: Codable & Sendable & Equatable>(_ title: String, _ value: T) throws {
        let bytes = try EventJSONEncoder().encode(value)
        guard try EventJSONDecoder().decode(T.self, from: bytes) == value else {
            throw EventJSONBenchError(message: "the \(title) order does not read back as it was")
        }
        let candidates = Candidate.all(for: value)
        var times = candidates.map { _ in (decode: [Double](), encode: [Double](), both: [Double]()) }
        for _ in 0..<rounds {
            for (index, candidate) in candidates.enumerated() {
                let decode = try nanoseconds { try candidate.decodes(bytes) }
                let encode = try nanoseconds { try candidate.encodes() }
                times[index].decode.append(decode)
                times[index].encode.append(encode)
                times[index].both.append(decode + encode)
            }
        }
        print("\(title) order, \(bytes.count) bytes: nanoseconds, and times as fast as Foundation")
        row("coder", ["decode", "encode", "both", "×", "×", "×"])
        for (candidate, time) in zip(candidates, times) {
            row(
                candidate.name,
                [time.decode, time.encode, time.both].map { "\(Int(median($0).rounded()))" }
                    + [
                        ratio(times[0].decode, time.decode), ratio(times[0].encode, time.encode),
                        ratio(times[0].both, time.both),
                    ])
        }
        print("")
    }

    /// The median of the rounds' ratios, so that a slow moment of the machine touches both sides.
    private static func ratio(_ reference: [Double], _ candidate: [Double]) -> String {
        let tenths = Int((median(zip(reference, candidate).map { $0 / $1 }) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func compareParsers(_ bytes: [UInt8]) throws {
        var times = Parser.all.map { _ in [Double]() }
        for _ in 0..<rounds {
            for (index, parser) in Parser.all.enumerated() {
                times[index].append(try nanoseconds { try parser.parse(bytes) })
            }
        }
        print("nested order, parsing alone: nanoseconds")
        for (parser, time) in zip(Parser.all, times) { row(parser.name, ["\(Int(median(time).rounded()))"]) }
    }

    /// The processor time of one call, from as many as fit into a round.
    private static func nanoseconds(_ body: () throws -> Void) throws -> Double {
        let start = processorTime()
        var calls = 0
        var elapsed = 0.0
        repeat {
            for _ in 0..<100 { try body() }
            calls += 100
            elapsed = processorTime() - start
        } while elapsed < millisecondsPerRound * 1e6
        return elapsed / Double(calls)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private static func row(_ name: String, _ columns: [String]) {
        func padding(_ width: Int, _ text: String) -> String {
            String(repeating: " ", count: max(0, width - text.count))
        }
        print(name + padding(22, name) + columns.map { padding(8, $0) + $0 }.joined())
    }
}

struct EventJSONBenchError: Error { let message: String }
