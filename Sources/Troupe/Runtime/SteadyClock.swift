package import Envelope
internal import Glibc

/// A clock that nobody sets, for deadlines between peers: a time of day that steps back would silence them.
package enum SteadyClock {
    /// Microseconds since some moment before this boot.
    package static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
