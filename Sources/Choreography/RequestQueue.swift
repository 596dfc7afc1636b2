internal import DequeModule

/// What other slots and tools ask of a slot, and whose turn it is: the work for each peer is bounded, and no peer waits for
/// more than one request of each other one.
///
/// A peer's newer request takes the place of its oldest one that waits: who asks again has given the earlier question up,
/// and knows answers by their ids. Pure: whoever drives it carries requests out and tells when they are answered.
package struct RequestQueue<Request: Sendable>: Sendable {
    package typealias Peer = [UInt8]

    /// How much is kept and done at a time.
    package struct Limits: Sendable {
        /// Requests of one peer that wait.
        package var waiting = 4
        /// Peers that have requests; more are not listened to until one of these is done.
        package var peers = 1024
        /// Requests that are carried out at a time, each of another peer: two keep a disk busy.
        package var inHand = 2

        package init() {}
    }

    private let limits: Limits
    private var waiting: [Peer: Deque<Request>] = [:]
    private var inHand: Set<Peer> = []
    /// Peers that have requests waiting and none in hand; the first is next.
    private var turns: Deque<Peer> = []

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Requests that wait.
    package var count: Int { waiting.values.reduce(0) { $0 + $1.count } }

    /// Notes a request. False when there are too many peers, whose requests are not noted.
    @discardableResult
    package mutating func add(_ request: Request, of peer: Peer) -> Bool {
        guard var requests = waiting[peer] else {
            guard waiting.count < limits.peers else { return false }
            waiting[peer] = [request]
            if !inHand.contains(peer) { turns.append(peer) }
            return true
        }
        // Or the queue would hold two copies while it changes.
        waiting[peer] = []
        if requests.count == limits.waiting { requests.removeFirst() }
        requests.append(request)
        waiting[peer] = requests
        return true
    }

    /// The request to carry out now, if there is one; then `answered` is to be told.
    package mutating func next() -> (peer: Peer, request: Request)? {
        guard inHand.count < limits.inHand, let peer = turns.popFirst(), var requests = waiting[peer] else {
            return nil
        }
        let request = requests.removeFirst()
        waiting[peer] = requests.isEmpty ? nil : requests
        inHand.insert(peer)
        return (peer, request)
    }

    /// The peer's request was carried out. When it `takesAnswers` no more, for it reads none or is gone, what it still asks
    /// for is dropped: its answers would be made for nothing.
    package mutating func answered(_ peer: Peer, takesAnswers: Bool) {
        inHand.remove(peer)
        if !takesAnswers {
            waiting[peer] = nil
        } else if waiting[peer] != nil {
            turns.append(peer)
        }
    }
}
