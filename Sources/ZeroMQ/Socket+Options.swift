internal import CZeroMQ
internal import Glibc

extension Socket {
    private static let keepAliveIdleSeconds: Int32 = 30
    private static let keepAliveIntervalSeconds: Int32 = 10
    private static let keepAliveMisses: Int32 = 3

    static func apply(
        _ options: SocketOptions, to handle: UnsafeMutableRawPointer, _ kind: SocketKind
    ) throws(ZeroMQError) {
        try set(ZMQ_SNDHWM, options.sendHighWaterMark, handle, kind)
        try set(ZMQ_RCVHWM, options.receiveHighWaterMark, handle, kind)
        try set(ZMQ_LINGER, options.linger, handle, kind)
        try set(ZMQ_MAXMSGSIZE, options.maxMessageSize, handle, kind)
        try set(ZMQ_RECONNECT_IVL, options.reconnectInterval, handle, kind)
        try set(ZMQ_RECONNECT_IVL_MAX, options.reconnectIntervalMax, handle, kind)
        try set(ZMQ_HANDSHAKE_IVL, options.handshakeInterval, handle, kind)
        try set(ZMQ_IMMEDIATE, Int32(options.immediate ? 1 : 0), handle, kind)
        if options.tcpKeepAlive {
            try set(ZMQ_TCP_KEEPALIVE, Int32(1), handle, kind)
            try set(ZMQ_TCP_KEEPALIVE_IDLE, keepAliveIdleSeconds, handle, kind)
            try set(ZMQ_TCP_KEEPALIVE_INTVL, keepAliveIntervalSeconds, handle, kind)
            try set(ZMQ_TCP_KEEPALIVE_CNT, keepAliveMisses, handle, kind)
        }
        if options.xpubVerbose { try set(ZMQ_XPUB_VERBOSE, Int32(1), handle, kind) }
        if options.routerMandatory { try set(ZMQ_ROUTER_MANDATORY, Int32(1), handle, kind) }
        if options.routerHandover { try set(ZMQ_ROUTER_HANDOVER, Int32(1), handle, kind) }
    }

    private static func set<Value: FixedWidthInteger>(
        _ option: Int32, _ value: Value, _ handle: UnsafeMutableRawPointer, _ kind: SocketKind
    ) throws(ZeroMQError) {
        var value = value
        while zmq_setsockopt(handle, option, &value, MemoryLayout<Value>.size) != 0 {
            guard zmq_errno() == EINTR else { throw .last("open \(kind), option \(option)") }
        }
    }

    /// SUB only: hears messages that start with `prefix`. End a topic with a NUL, or `order` also hears `order2`.
    ///
    /// Subscriptions are counted: each needs its own ``unsubscribe(_:)``. Keep them below 100 a connection.
    /// Throws `.prefixTooLong` over ``maximumPrefix`` bytes and `.badOption` for other kinds of socket.
    package func subscribe(_ prefix: [UInt8]) throws(ZeroMQError) {
        try change(ZMQ_SUBSCRIBE, prefix, "subscribe")
    }

    /// SUB only: takes one ``subscribe(_:)`` back; one that was never made is ignored. Throws as that does.
    package func unsubscribe(_ prefix: [UInt8]) throws(ZeroMQError) {
        try change(ZMQ_UNSUBSCRIBE, prefix, "unsubscribe")
    }

    private func change(_ option: Int32, _ prefix: [UInt8], _ operation: String) throws(ZeroMQError) {
        let handle = try open(operation)
        guard prefix.count <= Socket.maximumPrefix else {
            throw ZeroMQError(
                code: .prefixTooLong, operation: operation,
                message: "a prefix of \(prefix.count) bytes is over \(Socket.maximumPrefix); use a shorter topic")
        }
        while prefix.withUnsafeBytes({ zmq_setsockopt(handle, option, $0.baseAddress, $0.count) }) != 0 {
            guard zmq_errno() == EINTR else { throw .last(operation) }
        }
    }
}
