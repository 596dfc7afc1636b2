internal import CZeroMQ

/// The ZeroMQ pattern that a socket plays (ZMTP 3.0/RFC 23, RFC 28 and 29).
package struct SocketKind: Hashable, Sendable, CustomStringConvertible {
    let rawValue: Int32
    /// The name in ZMTP, such as `XPUB`.
    package let description: String

    /// Sends to every subscriber; drops for one that is full.
    package static let pub = SocketKind(rawValue: ZMQ_PUB, description: "PUB")
    /// As ``pub``, and receives the subscriptions: a byte 1 (subscribe) or 0 (cancel), then the prefix.
    package static let xpub = SocketKind(rawValue: ZMQ_XPUB, description: "XPUB")
    /// Hears what starts with a subscribed prefix.
    package static let sub = SocketKind(rawValue: ZMQ_SUB, description: "SUB")
    /// Talks to many peers: the first part of each message is the peer's routing id.
    package static let router = SocketKind(rawValue: ZMQ_ROUTER, description: "ROUTER")
    /// Talks to a router without waiting for answers.
    package static let dealer = SocketKind(rawValue: ZMQ_DEALER, description: "DEALER")
    /// Talks to exactly one peer.
    package static let pair = SocketKind(rawValue: ZMQ_PAIR, description: "PAIR")
}
