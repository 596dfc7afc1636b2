internal import Glibc

/// A thread to signal and to join.
final class TestThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private var thread = pthread_t()

    init(_ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(run)).toOpaque()
        let result = pthread_create(
            &thread, nil,
            { argument in
                // A test's own thread has signals blocked, and this one inherits that.
                var signals = sigset_t()
                sigemptyset(&signals)
                sigaddset(&signals, SIGUSR1)
                pthread_sigmask(SIG_UNBLOCK, &signals, nil)
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, body)
        precondition(result == 0)
    }

    func interrupt() { pthread_kill(thread, SIGUSR1) }

    func join() { pthread_join(thread, nil) }
}

/// Runs `body` on a thread of its own while `during` runs here, and joins it.
func withThread(_ body: @Sendable () -> Void, during: (TestThread) throws -> Void) throws {
    try withoutActuallyEscaping(body) { body in
        let thread = TestThread(body)
        defer { thread.join() }
        try during(thread)
    }
}
