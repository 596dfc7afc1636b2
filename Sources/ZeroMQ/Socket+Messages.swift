internal import CZeroMQ
internal import Glibc

extension Socket {
    // HWM counts whole messages and the size limit single parts, so only this bounds the number of parts.
    private static let maximumParts = 64

    /// Sends one part without ever blocking; `bytes` are copied. `more` says that the message goes on.
    ///
    /// False means that nothing was sent: the queue is full, no peer is connected, or (ROUTER) the peer is gone. Then
    /// leave out the message's remaining parts. PUB and XPUB always answer true and drop for a full subscriber.
    package func send(_ bytes: UnsafeRawBufferPointer, more: Bool = false) throws(ZeroMQError) -> Bool {
        let handle = try open("send")
        let flags = more ? ZMQ_DONTWAIT | ZMQ_SNDMORE : ZMQ_DONTWAIT
        while zmq_send(handle, bytes.baseAddress, bytes.count, flags) < 0 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN, EHOSTUNREACH: return false
            default: throw .last("send")
            }
        }
        return true
    }

    /// Sends one part; see the overload for raw bytes.
    package func send(_ bytes: [UInt8], more: Bool = false) throws(ZeroMQError) -> Bool {
        try bytes.span.withUnsafeBytes { bytes throws(ZeroMQError) in try send(bytes, more: more) }
    }

    /// Sends two stretches of bytes as one part; each is copied once. False as for a single stretch.
    package func send(joining head: [UInt8], _ tail: [UInt8]) throws(ZeroMQError) -> Bool {
        let handle = try open("send")
        var message = zmq_msg_t()
        guard zmq_msg_init_size(&message, head.count + tail.count) == 0 else { throw .last("send") }
        let memory = UnsafeMutableRawBufferPointer(start: zmq_msg_data(&message), count: head.count + tail.count)
        memory.copyBytes(from: head)
        UnsafeMutableRawBufferPointer(rebasing: memory[head.count...]).copyBytes(from: tail)
        while zmq_msg_send(&message, handle, ZMQ_DONTWAIT) < 0 {
            let error = zmq_errno()
            if error == EINTR { continue }
            let failure = ZeroMQError.last("send")
            zmq_msg_close(&message)
            if error == EAGAIN || error == EHOSTUNREACH { return false }
            throw failure
        }
        return true
    }

    /// Sends a whole message of at least one part, or none of it: false as for a single part.
    ///
    /// Prefer this for several parts: a peer that leaves between two of them costs this message and no other.
    package func send(parts: [[UInt8]]) throws(ZeroMQError) -> Bool {
        precondition(!parts.isEmpty, "a message has at least one part")
        var isSent = true
        for (index, part) in parts.enumerated() {
            guard try !send(part, more: index < parts.count - 1) else { continue }
            isSent = false
            // A first part that was refused leaves nothing behind. After a later one libzmq is dropping until the last
            // part, which must therefore be given to it.
            if index == 0 { break }
        }
        return isSent
    }

    /// Lends the next part that waits to `body`, or answers nil when none does.
    ///
    /// `bytes` are valid only inside `body` and may be unaligned (`loadUnaligned`); `more` says that the message goes
    /// on. `body` must not receive from this socket or close it. Throws what `body` throws, or `ZeroMQError`.
    package func receive<R>(_ body: (_ bytes: UnsafeRawBufferPointer, _ more: Bool) throws -> R) throws -> R? {
        guard try receivePart() else { return nil }
        isLent = true
        defer { isLent = false }
        return try body(
            UnsafeRawBufferPointer(start: zmq_msg_data(message), count: zmq_msg_size(message)),
            zmq_msg_more(message) != 0)
    }

    /// Copies the next whole message, or answers nil when none waits.
    ///
    /// A message of more than 64 parts is dropped and counted in ``refusedMessages``.
    package func receiveAll() throws -> [[UInt8]]? {
        while true {
            var parts: [[UInt8]] = []
            var count = 0
            var goesOn = true
            while goesOn {
                let part: Void? = try receive { bytes, more in
                    goesOn = more
                    count += 1
                    if count <= Socket.maximumParts { parts.append([UInt8](bytes)) }
                }
                // libzmq delivers whole messages, so only a first part can be missing.
                guard part != nil else { return nil }
            }
            if count <= Socket.maximumParts { return parts }
            refusedMessages += 1
        }
    }

    private func receivePart() throws(ZeroMQError) -> Bool {
        precondition(!isLent, "receiving inside the body of receive(_:) would free the bytes it holds")
        let handle = try open("receive")
        while zmq_msg_recv(message, handle, ZMQ_DONTWAIT) < 0 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return false
            default: throw .last("receive")
            }
        }
        return true
    }
}
