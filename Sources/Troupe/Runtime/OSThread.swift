internal import Glibc

/// A thread of our own: blocking is allowed on it, unlike on the concurrency pool.
package final class OSThread: @unchecked Sendable {
    // Unchecked: the handle is written once before anybody has this object; the one caller of join, or deinit after it,
    // reads it and the flag.
    private var handle = pthread_t()
    private var isJoined = false

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

    /// A thread that nobody joins gives its stack back when it ends.
    deinit { if !isJoined { pthread_detach(handle) } }

    /// Waits until the thread has ended; to be called at most once.
    package func join() {
        isJoined = true
        pthread_join(handle, nil)
    }
}
