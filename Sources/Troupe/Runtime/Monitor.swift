internal import CProcess
internal import Choreography
internal import Envelope
internal import Glibc

/// A value behind a lock with a condition to wait on, for threads that may block.
package final class Monitor<Value>: @unchecked Sendable {
    // Unchecked: every access to `value` happens with `mutex` held.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    package init(_ value: sending Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` with the lock held.
    package func with<R>(_ body: (inout Value) throws -> R) rethrows -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// Wakes every waiter.
    package func signal() { pthread_cond_broadcast(condition) }

    /// Runs `body` with the lock held, again after each signal and once the deadline is over, until it returns something.
    package func wait<R>(deadline: Deadline = .never, until body: (inout Value) throws -> R?) rethrows -> R {
        try wait({ _ in deadline.steadyEnd }, body)
    }

    /// Runs `body` with the lock held, again after each signal and when something is due, until it returns something.
    ///
    /// `due` is asked before each wait: in how many microseconds; nil waits for a signal.
    package func wait<R>(due: (inout Value) -> Int64?, until body: (inout Value) throws -> R?) rethrows -> R {
        try wait({ due(&$0).map { SteadyClock.now() + max(0, $0) } }, body)
    }

    private func wait<R>(_ due: (inout Value) -> Timestamp?, _ body: (inout Value) throws -> R?) rethrows -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = try body(&value) { return result }
            if let time = due(&value), time < .distantFuture {
                var until = timespec(
                    tv_sec: Int(time.microseconds / 1_000_000), tv_nsec: Int(time.microseconds % 1_000_000) * 1000)
                _ = troupe_wait(condition, mutex, CLOCK_MONOTONIC, &until)
            } else {
                pthread_cond_wait(condition, mutex)
            }
        }
    }
}
