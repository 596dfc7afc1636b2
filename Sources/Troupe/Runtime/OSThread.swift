internal import Glibc

/// A thread of our own: blocking is allowed on it, unlike on the concurrency pool.
package final class OSThread: @unchecked Sendable {
    // Unchecked: the handle is written once before the thread runs, and read by the one caller of join.
    private var handle = pthread_t()

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts `body` on a new thread with a 1 MiB stack.
    package init(_ body: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 1 << 20)
        defer { pthread_attr_destroy(&attributes) }
        let box = Unmanaged.passRetained(Body(body))
        let status = pthread_create(
            &handle, &attributes,
            { raw in
                Unmanaged<Body>.fromOpaque(raw!).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        precondition(status == 0, "no thread can be made: \(status)")
    }

    /// Waits until the thread has ended.
    package func join() { pthread_join(handle, nil) }
}
