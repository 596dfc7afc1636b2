internal import Fuzzing
internal import Glibc

/// What a run prints: a line for each target, and one for all.
struct FuzzReport {
    private let seed: UInt64
    private let start = ContinuousClock.now
    private var all = FuzzDriver.Totals()
    private var findings = 0
    private var targets = 0

    init(seed: UInt64) {
        self.seed = seed
        print(Self.line("target", ["inputs", "read", "refused", "bytes each", "most heap", "µs each"]))
    }

    var hasFinding: Bool { findings > 0 }

    mutating func add(_ target: FuzzTarget, _ totals: FuzzDriver.Totals, _ time: Duration) {
        targets += 1
        all.inputs += totals.inputs
        all.read += totals.read
        all.refused += totals.refused
        all.peak = max(all.peak, totals.peak)
        let microseconds = time / .microseconds(1) / Double(totals.inputs)
        print(
            Self.line(
                target.name,
                [
                    "\(totals.inputs)", "\(totals.read)", "\(totals.refused)", "\(totals.bytes / totals.inputs)",
                    "\(totals.peak)", "\((microseconds * 10).rounded() / 10)",
                ]))
        // A trap in the next target must not take it away.
        defer { fflush(nil) }
        guard let (number, what) = totals.finding else { return }
        findings += 1
        print("\(target.name), input \(number): \(what)")
        print("  run it again: scripts/fuzz --target \(target.name) --seed \(seed) --at \(number)")
    }

    func finish() {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(
            "fuzz: \(all.inputs) inputs for \(targets) decoders, seed \(seed): \(all.read) read, \(all.refused) refused,"
                + " \(findings) findings, at most \(all.peak) bytes of heap, \((seconds * 10).rounded() / 10) s")
    }

    private static func line(_ name: String, _ columns: [String]) -> String {
        columns.reduce(name + String(repeating: " ", count: max(1, 20 - name.count))) { line, column in
            line + String(repeating: " ", count: max(1, 11 - column.count)) + column
        }
    }
}
