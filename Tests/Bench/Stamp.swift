internal import Glibc

/// What a measured event's data begins with: when it was published, its number, and the total if it is the last.
///
/// Little-endian, at 0, 8, 16 and 24; the C program of the baseline writes the same.
struct Stamp {
    static let size = 32
    /// When the first publisher called publish, or should have, in nanoseconds of the monotonic clock.
    var published: UInt64
    /// From 1; 0 for an event that only warms up.
    var number: UInt64
    /// How many events were published, in the last one; else 0.
    var total: UInt64 = 0
    /// When the reaction began that emitted this, in nanoseconds; `published` for a root.
    var emitted: UInt64

    init(published: UInt64, number: UInt64, total: UInt64 = 0) {
        self.published = published
        self.number = number
        self.total = total
        emitted = published
    }

    init(_ data: Span<UInt8>) {
        precondition(data.count >= Self.size, "an event without a stamp")
        (published, number, total, emitted) = data.withUnsafeBytes { bytes in
            func word(_ offset: Int) -> UInt64 {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            }
            return (word(0), word(8), word(16), word(24))
        }
    }

    func write(to data: inout [UInt8]) {
        data.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: published.littleEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: number.littleEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: total.littleEndian, toByteOffset: 16, as: UInt64.self)
            bytes.storeBytes(of: emitted.littleEndian, toByteOffset: 24, as: UInt64.self)
        }
    }
}

enum Nanoseconds {
    /// Nanoseconds of the monotonic clock, which all processes of a machine share.
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Sleeps until a moment of that clock.
    static func sleep(until moment: UInt64) {
        var time = timespec(tv_sec: Int(moment / 1_000_000_000), tv_nsec: Int(moment % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}
