internal import Glibc
internal import Synchronization

/// Latencies of a run, in nanoseconds.
final class Samples: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let values = Mutex<[UInt64]>([])

    init() { values.withLock { $0.reserveCapacity(1 << 21) } }

    func add(_ value: UInt64) { values.withLock { $0.append(value) } }

    /// Writes all of them, little-endian, 8 bytes each.
    func write(to path: String) throws {
        guard let file = fopen(path, "w") else {
            throw Failure(description: "\(path): \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        values.withLock { values in
            _ = values.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        }
    }
}
