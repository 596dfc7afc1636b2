/// All options of a socket, set before it binds or connects.
///
/// Heartbeats are missing on purpose: with a finite receive mark they abort libzmq 4.3.4 (libzmq #3937, #4767). So is
/// `XPUB_NODROP`: one stuck subscriber would starve the others.
package struct SocketOptions: Hashable, Sendable {
    /// Messages queued for each peer before sending would block or drop; 0 means no limit.
    package var sendHighWaterMark: Int32 = 64
    /// Messages queued from each peer before its connection is no longer read; 0 means no limit.
    package var receiveHighWaterMark: Int32 = 64
    /// Milliseconds for which unsent messages outlive ``Socket/close()``, 0 to 1000.
    package var linger: Int32 = 0
    /// The largest inbound message part, in bytes; a peer that sends more is disconnected. −1 means no limit.
    package var maxMessageSize: Int64 = SocketOptions.frame
    /// Milliseconds before the first try to reconnect.
    package var reconnectInterval: Int32 = 100
    /// Milliseconds up to which the time between tries doubles; at least ``reconnectInterval``.
    package var reconnectIntervalMax: Int32 = 5_000
    /// Milliseconds within which a peer must finish the ZMTP handshake.
    package var handshakeInterval: Int32 = 5_000
    /// Whether the kernel probes an idle TCP peer: after 30 s, every 10 s, and gives up after 3 misses.
    package var tcpKeepAlive = true
    /// XPUB only: pass every subscription on, not only the first for a prefix.
    package var xpubVerbose = false
    /// ROUTER only: report an unknown or full peer (``Socket/send(_:more:)-([UInt8],_)`` answers false), not drop in silence.
    package var routerMandatory = false
    /// ROUTER only: a new peer takes over the routing id of an old one.
    package var routerHandover = false
    /// Queue only for finished connections, so that nothing is queued for a peer that was never there.
    package var immediate = false

    /// The defaults above: marks of 64, no linger, parts up to 1 MiB.
    package init() {}

    private static let frame: Int64 = 1 << 20

    /// For ``SocketKind/xpub``: subscriptions up to 512 bytes, each one passed on.
    package static var publisher: SocketOptions {
        var options = SocketOptions()
        options.maxMessageSize = 512
        options.xpubVerbose = true
        return options
    }

    /// For ``SocketKind/sub``: frames up to 1 MiB, and no mark on the way out, so that a reconnect repeats all
    /// subscriptions (libzmq #4064).
    package static var subscriber: SocketOptions {
        var options = SocketOptions()
        options.sendHighWaterMark = 0
        return options
    }

    /// For ``SocketKind/router``: parts up to 1 MiB, absent and full peers are reported.
    package static var router: SocketOptions {
        var options = SocketOptions()
        options.routerMandatory = true
        return options
    }

    /// For ``SocketKind/dealer``: parts up to 1 MiB, nothing is queued before the connection stands.
    package static var dealer: SocketOptions {
        var options = SocketOptions()
        options.immediate = true
        return options
    }
}
