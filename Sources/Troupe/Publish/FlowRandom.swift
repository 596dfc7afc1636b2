internal import Glibc

/// Random numbers for the ids of flows, which must differ and need not be secret: the kernel's, drawn out by
/// xoshiro256++ (D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021).
///
/// The kernel alone takes 40 ns for each, by `getentropy`, which was a tenth of publishing an event.
package struct FlowRandom: RandomNumberGenerator {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// A sequence of its own.
    package init() {
        var seed: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        // All zeros would stay so.
        while seed == (0, 0, 0, 0) {
            let status = withUnsafeMutableBytes(of: &seed) { getentropy($0.baseAddress!, $0.count) }
            precondition(status == 0, "the kernel has no random numbers: \(errno)")
        }
        self.init(seed: seed)
    }

    init(seed: (UInt64, UInt64, UInt64, UInt64)) { state = seed }

    package mutating func next() -> UInt64 {
        let result = Self.rotated(state.0 &+ state.3, 23) &+ state.0
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotated(state.3, 45)
        return result
    }

    private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
}
