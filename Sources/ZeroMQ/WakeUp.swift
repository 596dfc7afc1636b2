internal import CZeroMQ
internal import Glibc

/// Wakes a thread that waits in a ``Poller``, from any thread: add ``fileDescriptor`` to the poller.
package final class WakeUp: Sendable {
    /// Readable from ``signal()`` until ``drain()``; owned by this object.
    package let fileDescriptor: Int32

    /// Throws `.noDescriptors` when no file descriptor is left.
    package init() throws(ZeroMQError) {
        fileDescriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard fileDescriptor >= 0 else { throw .last("open wake-up") }
    }

    deinit {
        guard fileDescriptor >= 0 else { return }
        Glibc.close(fileDescriptor)
    }

    /// Makes the descriptor readable; many signals before a ``drain()`` are one. Never blocks.
    package func signal() {
        var one: UInt64 = 1
        // EAGAIN means that the counter is full, which is readable too.
        while write(fileDescriptor, &one, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
    }

    /// Makes the descriptor wait again. Drain first and look at the work after, so that no signal is lost.
    package func drain() {
        var count: UInt64 = 0
        while read(fileDescriptor, &count, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
    }
}
