/// Runs the inputs of a target, and sees that each is read or refused, in bounded memory.
package struct FuzzDriver {
    /// What a range of inputs came to.
    package struct Totals: Sendable {
        package var inputs: UInt64 = 0
        package var read: UInt64 = 0
        package var refused: UInt64 = 0
        package var bytes: UInt64 = 0
        /// The most heap that reading one input took, in bytes; 0 where nobody counts.
        package var peak: UInt64 = 0
        /// The input that broke a rule, and the rule; the run ends there.
        package var finding: (number: UInt64, what: FuzzFinding)?

        package init() {}
    }

    /// Bytes of heap that an input may take for each of its own, and besides.
    package static let factor: UInt64 = 64
    package static let allowance: UInt64 = 1 << 20

    package let target: FuzzTarget
    package let seed: UInt64
    private let probe: FuzzProbe

    package init(_ target: FuzzTarget, seed: UInt64, probe: FuzzProbe = .none) {
        self.target = target
        self.seed = seed
        self.probe = probe
    }

    /// Runs the inputs of a range of numbers, up to the first that breaks a rule.
    package func run(_ numbers: Range<UInt64>) -> Totals {
        var totals = Totals()
        for number in numbers {
            let input = target.input(seed: seed, number: number)
            probe.note(number)
            totals.inputs += 1
            totals.bytes += UInt64(input.size)
            do throws(FuzzFinding) {
                if try run(input, peak: &totals.peak) { totals.read += 1 } else { totals.refused += 1 }
            } catch {
                totals.finding = (number, error)
                return totals
            }
        }
        return totals
    }

    /// Whether the target read the input, rather than refusing it.
    private func run(_ input: [FuzzPart], peak: inout UInt64) throws(FuzzFinding) -> Bool {
        probe.begin()
        let result = Result { try target.decode(input) }
        if let used = probe.peak() {
            peak = max(peak, used)
            let most = Self.factor * UInt64(input.size) + Self.allowance
            guard used <= most else {
                throw FuzzFinding("\(used) bytes of heap for an input of \(input.size); at most \(most)")
            }
        }
        switch result {
        case .failure(let finding as FuzzFinding): throw finding
        case .failure(let error):
            guard FuzzTarget.isTyped(error) else {
                throw FuzzFinding("it threw a \(type(of: error)), which is none of our errors: \(error)")
            }
            return false
        case .success(let check):
            do { try check() } catch let finding as FuzzFinding { throw finding } catch {
                throw FuzzFinding("what was read is not what can be written: \(error)")
            }
            return true
        }
    }
}
