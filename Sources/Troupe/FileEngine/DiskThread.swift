/// A thread for what may wait for the disk: replay reads and syncs. Jobs run in order.
package final class DiskThread: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var isStopping = false
    }

    private let monitor = Monitor(State())
    private let thread: OSThread

    package init() {
        let monitor = monitor
        thread = OSThread {
            while true {
                let jobs = monitor.wait { state -> [@Sendable () -> Void]? in
                    if state.jobs.isEmpty { return state.isStopping ? [] : nil }
                    defer { state.jobs = [] }
                    return state.jobs
                }
                if jobs.isEmpty { return }
                for job in jobs { job() }
            }
        }
    }

    /// Adds a job; ignored once the thread stops.
    package func enqueue(_ job: @escaping @Sendable () -> Void) {
        monitor.with { if !$0.isStopping { $0.jobs.append(job) } }
        monitor.signal()
    }

    /// Runs what is queued, then ends the thread.
    package func stop() {
        monitor.with { $0.isStopping = true }
        monitor.signal()
        thread.join()
    }
}
