internal import CZeroMQ
internal import Glibc

/// One ZeroMQ socket, used by one thread for its whole life: the one that made it.
///
/// Debug builds assert that thread. No call blocks. Serve every socket often (poll it, or ask for ``events()``): libzmq
/// runs a socket's connects, disconnects and subscriptions only while its owner calls into it.
/// Calls throw `.terminated` once the context is shut down, `.closed` after ``close()``.
package final class Socket {
    /// The longest subscription that is accepted, in bytes; libzmq 4.3.4 loses those near 246 to 255.
    package static let maximumPrefix = 240

    /// The pattern that this socket plays.
    package let kind: SocketKind
    /// Messages that ``receiveAll()`` dropped because they had too many parts.
    package internal(set) var refusedMessages = 0

    private let context: Context
    private let owner = pthread_self()
    // On the heap and never moved: short messages live inside the zmq_msg_t, so its address is theirs.
    let message: UnsafeMutablePointer<zmq_msg_t>
    var isLent = false
    private(set) var handle: UnsafeMutableRawPointer?

    /// Opens a socket of `context`, owned by the calling thread, with every option set.
    ///
    /// Throws `.badOption`, `.noDescriptors` or `.terminated`.
    package init(_ context: Context, _ kind: SocketKind, options: SocketOptions) throws(ZeroMQError) {
        try options.check(for: kind)
        let handle = try context.open(kind)
        do throws(ZeroMQError) {
            try Socket.apply(options, to: handle, kind)
        } catch {
            zmq_close(handle)
            throw error
        }
        self.context = context
        self.kind = kind
        self.handle = handle
        message = .allocate(capacity: 1)
        zmq_msg_init(message)
    }

    deinit {
        close()
        message.deallocate()
    }

    /// Closes the socket; what is unsent lives on for the linger time. A second call does nothing.
    ///
    /// libzmq finishes on a thread of its own: a bound tcp port is free only a moment later, so try a new bind again.
    package func close() {
        precondition(!isLent, "close() inside the body of receive(_:) would free the bytes it holds")
        guard let handle else { return }
        assertOwner()
        self.handle = nil
        zmq_msg_close(message)
        zmq_close(handle)
    }

    /// Whether a message waits, and whether one could be sent now; also runs what libzmq has pending for the socket.
    package func events() throws(ZeroMQError) -> (readable: Bool, writable: Bool) {
        let handle = try open("events")
        var events: Int32 = 0
        var size = MemoryLayout<Int32>.size
        while zmq_getsockopt(handle, ZMQ_EVENTS, &events, &size) != 0 {
            guard zmq_errno() == EINTR else { throw .last("events") }
        }
        return (events & ZMQ_POLLIN != 0, events & ZMQ_POLLOUT != 0)
    }

    /// The handle, for the owning thread; throws `.closed`.
    func open(_ operation: String) throws(ZeroMQError) -> UnsafeMutableRawPointer {
        assertOwner()
        guard let handle else { throw .of(errno: ENOTSOCK, operation) }
        return handle
    }

    private func assertOwner() {
        assert(pthread_equal(pthread_self(), owner) != 0, "a ZeroMQ socket was used outside of its owning thread")
    }
}

@available(*, unavailable, message: "a socket belongs to one thread for its whole life")
extension Socket: Sendable {}
