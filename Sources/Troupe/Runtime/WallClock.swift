package import Envelope
internal import Glibc

/// The time of day: for what is recorded, and for what is compared with a recorded time. Somebody may set it, so that no
/// span is measured with it: see ``SteadyClock`` and ``Deadline``.
package enum WallClock {
    /// Microseconds since 1970, UTC.
    package static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
