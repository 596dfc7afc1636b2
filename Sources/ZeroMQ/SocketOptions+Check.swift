extension SocketOptions {
    /// Throws `.badOption` for the first value that is out of its range, or meant for another kind of socket.
    func check(for kind: SocketKind) throws(ZeroMQError) {
        let rules: [(Bool, String)] = [
            (sendHighWaterMark >= 0, "sendHighWaterMark must not be negative"),
            (receiveHighWaterMark >= 0, "receiveHighWaterMark must not be negative"),
            ((0...1_000).contains(linger), "linger must be 0 to 1000 ms; more can hang the end of the process"),
            (maxMessageSize == -1 || maxMessageSize > 0, "maxMessageSize must be positive, or -1 for no limit"),
            (reconnectInterval > 0, "reconnectInterval must be positive"),
            (reconnectIntervalMax >= reconnectInterval, "reconnectIntervalMax must be at least reconnectInterval"),
            (handshakeInterval > 0, "handshakeInterval must be positive"),
            (!xpubVerbose || kind == .xpub, "xpubVerbose is for XPUB only"),
            (!(routerMandatory || routerHandover) || kind == .router, "router options are for ROUTER only"),
        ]
        for (holds, advice) in rules where !holds {
            throw ZeroMQError(code: .badOption, operation: "open \(kind)", message: advice)
        }
    }
}
