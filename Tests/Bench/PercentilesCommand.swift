internal import ArgumentParser
internal import Glibc
internal import Histogram

/// Reads a file of latencies into an HdrHistogram, and prints its percentiles in nanoseconds.
struct PercentilesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "percentiles", abstract: "Percentiles of a file of latencies, 8 bytes each.")

    @Argument var file: String

    func run() throws {
        var histogram = Histogram<UInt64>(
            highestTrackableValue: 600_000_000_000, numberOfSignificantValueDigits: .three)
        guard let input = fopen(file, "r") else {
            throw ValidationError("\(file): \(String(cString: strerror(errno)))")
        }
        defer { fclose(input) }
        var values = [UInt64](repeating: 0, count: 8192)
        while true {
            let count = fread(&values, 8, values.count, input)
            if count == 0 { break }
            for value in values[..<count] { _ = histogram.record(UInt64(littleEndian: value)) }
        }
        Report.line(
            "percentiles",
            [
                "count": histogram.totalCount, "p50": histogram.valueAtPercentile(50),
                "p99": histogram.valueAtPercentile(99), "p999": histogram.valueAtPercentile(99.9),
                "max": histogram.maxRecorded,
            ])
    }
}
