/// What the subscribers of a publishing socket want, by the messages that the socket gives of them: nothing is put
/// together for nobody.
///
/// A consumer that was not known yet loses nothing: it goes live by a tip, which answers its last subscription.
package struct Subscriptions: Sendable {
    private var prefixes: Set<[UInt8]> = []

    package init() {}

    /// Takes a message of an XPUB socket: 1 or 0, then the prefix that somebody subscribed to or nobody does any more.
    package mutating func note(_ message: UnsafeRawBufferPointer) {
        switch message.first {
        case 1: prefixes.insert(Array(message.dropFirst()))
        case 0: prefixes.remove(Array(message.dropFirst()))
        default: break
        }
    }

    /// Whether somebody subscribed to anything but tips.
    package var wantsEvents: Bool { prefixes.contains { !$0.starts(with: Tip.prefix) } }

    /// Whether somebody hears tips.
    package var wantsTips: Bool { wants(Tip.prefix) }

    /// Whether somebody subscribed to a frame that begins so.
    package func wants(_ head: [UInt8]) -> Bool { prefixes.contains { head.starts(with: $0) } }
}
