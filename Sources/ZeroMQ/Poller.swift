internal import CZeroMQ
internal import Glibc

/// Waits for sockets and file descriptors together, on the thread that owns the sockets.
///
/// Level-triggered: what is still ready is reported again. Its storage is reused from one turn to the next.
package final class Poller {
    private var items: [zmq_pollitem_t] = []
    private var sockets: [Socket?] = []

    /// Makes a poller that waits for nothing yet.
    package init() {}

    /// Forgets what was added and keeps the storage.
    package func removeAll() {
        items.removeAll(keepingCapacity: true)
        sockets.removeAll(keepingCapacity: true)
    }

    /// Adds a socket and answers its index, valid until ``removeAll()``; the socket is kept alive so long.
    @discardableResult
    package func add(_ socket: Socket, readable: Bool, writable: Bool) -> Int {
        let events = (readable ? ZMQ_POLLIN : 0) | (writable ? ZMQ_POLLOUT : 0)
        return add(zmq_pollitem_t(socket: socket.handle, fd: -1, events: Int16(events), revents: 0), socket)
    }

    /// Adds a file descriptor, to be told when it can be read, and answers its index.
    @discardableResult
    package func add(fileDescriptor: Int32) -> Int {
        add(zmq_pollitem_t(socket: nil, fd: fileDescriptor, events: Int16(ZMQ_POLLIN), revents: 0), nil)
    }

    private func add(_ item: zmq_pollitem_t, _ socket: Socket?) -> Int {
        items.append(item)
        sockets.append(socket)
        return items.count - 1
    }

    /// Waits until something is ready and answers how many are; 0 after `milliseconds` or a signal; −1 waits for ever.
    ///
    /// Throws `.terminated` once the context is shut down, `.closed` if a socket here was closed, `.badOption` for a
    /// wait for ever for nothing.
    package func wait(milliseconds: Int) throws(ZeroMQError) -> Int {
        for index in items.indices {
            items[index].revents = 0
            // libzmq would read freed memory for a closed socket.
            guard let socket = sockets[index] else { continue }
            let handle = try socket.open("poll")
            guard items[index].socket == handle else { throw .of(errno: ENOTSOCK, "poll") }
        }
        guard !items.isEmpty || milliseconds >= 0 else {
            throw ZeroMQError(
                code: .badOption, operation: "poll", message: "nothing to wait for, for ever; add a wake-up first")
        }
        let count = items.withUnsafeMutableBufferPointer { items in
            items.isEmpty
                ? poll(nil, 0, Int32(clamping: milliseconds))
                : zmq_poll(items.baseAddress, Int32(items.count), max(milliseconds, -1))
        }
        guard count < 0 else { return Int(count) }
        guard zmq_errno() == EINTR else { throw .last("poll") }
        for index in items.indices { items[index].revents = 0 }
        return 0
    }

    /// Whether the last wait found something to read at `index`; an error or hang-up counts, as reading tells of it.
    package func isReadable(_ index: Int) -> Bool {
        Int32(items[index].revents) & (ZMQ_POLLIN | ZMQ_POLLERR) != 0
    }

    /// Whether the last wait found that the socket at `index` can send.
    package func isWritable(_ index: Int) -> Bool {
        Int32(items[index].revents) & ZMQ_POLLOUT != 0
    }
}

@available(*, unavailable, message: "a poller belongs to the thread that owns its sockets")
extension Poller: Sendable {}
