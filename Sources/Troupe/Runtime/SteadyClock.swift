package import Envelope
internal import Glibc

/// A clock that nobody sets, for spans and deadlines: a time of day that steps back would make them endless.
package enum SteadyClock {
    /// Microseconds since some moment before this boot.
    package static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
