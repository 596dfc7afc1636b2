internal import CZeroMQ
internal import Glibc
internal import Synchronization

/// A set of sockets and the I/O threads that serve them; usable from any thread.
///
/// Never use one in a child after `fork`. Sockets keep their context alive.
package final class Context: @unchecked Sendable {
    // @unchecked: a zmq_ctx may be used from any thread; the lock keeps its end from racing with its uses.
    private let handle: Mutex<UnsafeMutableRawPointer?>

    /// Makes a context; its threads start with its first socket.
    ///
    /// Throws `.badOption` unless `ioThreads` and `maxSockets` are within 1 to 65,535.
    package init(ioThreads: Int = 1, maxSockets: Int = 1_023) throws(ZeroMQError) {
        let operation = "open context"
        guard (1...65_535).contains(ioThreads), (1...65_535).contains(maxSockets) else {
            throw ZeroMQError(
                code: .badOption, operation: operation, message: "ioThreads and maxSockets must be 1 to 65535")
        }
        guard let context = zmq_ctx_new() else { throw .last(operation) }
        guard zmq_ctx_set(context, ZMQ_IO_THREADS, Int32(ioThreads)) == 0,
            zmq_ctx_set(context, ZMQ_MAX_SOCKETS, Int32(maxSockets)) == 0
        else {
            let error = ZeroMQError.last(operation)
            zmq_ctx_term(context)
            throw error
        }
        handle = Mutex(context)
    }

    deinit { terminate() }

    /// Makes every call on this context's sockets throw `.terminated`, now and from here on; does not wait.
    package func shutdown() {
        handle.withLock { context in
            if let context { _ = zmq_ctx_shutdown(context) }
        }
    }

    /// Ends the context; waits until its sockets are closed and their linger (at most a second) is over.
    ///
    /// Calls on sockets still open throw `.terminated`. Close the calling thread's own sockets before, or this never
    /// returns. A second call does nothing.
    package func terminate() {
        let context = handle.withLock { context in
            defer { context = nil }
            return context
        }
        guard let context else { return }
        while zmq_ctx_term(context) != 0, zmq_errno() == EINTR {}
    }

    /// A new libzmq socket; throws `.terminated` after ``terminate()`` and `.noDescriptors` when none is left.
    func open(_ kind: SocketKind) throws(ZeroMQError) -> UnsafeMutableRawPointer {
        let operation = "open \(kind)"
        return try handle.withLock { context throws(ZeroMQError) in
            guard let context else { throw .of(errno: ZeroMQError.eterm, operation) }
            guard let socket = zmq_socket(context, kind.rawValue) else { throw .last(operation) }
            return socket
        }
    }
}
