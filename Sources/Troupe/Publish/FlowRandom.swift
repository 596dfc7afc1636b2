internal import Glibc

/// The system's random numbers, asked for in bulk: one call of the kernel gives 32 of them.
package struct BulkRandom: RandomNumberGenerator {
    private var numbers: [UInt64] = []

    package init() {}

    package mutating func next() -> UInt64 {
        if numbers.isEmpty { refill() }
        return numbers.removeLast()
    }

    private mutating func refill() {
        // As many bytes as getentropy gives in one call; it fails for more, and for a bad address.
        numbers = [UInt64](repeating: 0, count: 32)
        let status = numbers.withUnsafeMutableBytes { getentropy($0.baseAddress!, $0.count) }
        precondition(status == 0, "the kernel has no random numbers: \(errno)")
    }
}
