internal import Glibc

/// When an open-loop publisher makes its calls: at a stated rate whatever the system under test does.
///
/// A call that is late because the one before took too long counts from when it was due, so that waiting is not hidden.
/// One that is late because the timer woke late counts from when it was made: the timer is not under test.
struct Pace {
    private let start: UInt64
    private let rate: UInt64
    private var made: UInt64 = 0

    /// `rate` is in calls per second; 0 does not wait.
    init(rate: UInt64) {
        self.rate = rate
        start = Nanoseconds.now()
        // Wakes when it is due, not up to 50 µs later. Glibc's module has no prctl.
        let slack = open("/proc/self/timerslack_ns", O_WRONLY | O_CLOEXEC)
        _ = write(slack, "1", 1)
        close(slack)
    }

    /// Waits for the next call's time, and returns what it counts from, in nanoseconds.
    mutating func next() -> UInt64 {
        let now = Nanoseconds.now()
        guard rate > 0 else { return now }
        let due = start + made * 1_000_000_000 / rate
        made += 1
        guard now < due else { return due }
        Nanoseconds.sleep(until: due)
        return Nanoseconds.now()
    }
}
