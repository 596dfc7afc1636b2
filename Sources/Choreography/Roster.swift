/// Whom a slot follows, and how: decided from what the directory says, one change at a time.
///
/// The machine does no I/O. The same changes in another order lead to the same places; a change that says nothing new
/// does nothing.
package struct Roster: Sendable {
    /// What a publisher's record says of it.
    package struct Listing: Hashable, Sendable {
        /// Differs for every start.
        package let instance: String
        /// Whether it runs on this host, so that its journal may be read here.
        package let isHere: Bool
        package let emits: Set<String>

        package init(instance: String, isHere: Bool, emits: Set<String>) {
            self.instance = instance
            self.isHere = isHere
            self.emits = emits
        }
    }

    /// What the directory says of a publisher.
    package enum Change: Hashable, Sendable {
        case listed(PublisherID, Listing)
        case unlisted(PublisherID)
        /// Whether there is a journal of it here.
        case journal(PublisherID, isThere: Bool)
        /// Whether a process holds it; only told of whom was asked for.
        case lock(PublisherID, isHeld: Bool)
    }

    /// What is to be kept in sight of a publisher; what it does otherwise changes nothing for this slot.
    package struct Attention: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Whether a process holds it.
        package static let lock = Attention(rawValue: 1)
        /// Whether its journal grows.
        package static let journal = Attention(rawValue: 2)
    }

    package enum Action: Hashable, Sendable {
        /// From now on this is to be kept in sight.
        case attend(PublisherID, Attention)
        /// Say whether a process holds it.
        case askLock(PublisherID)
        /// It is followed from now on; where it is comes next.
        case added(PublisherID)
        case located(PublisherID, Feed.Location)
        /// Neither a record nor a journal is left of it. What was heard of it still counts if it comes back.
        case forgotten(PublisherID)
    }

    private struct Known {
        var listing: Listing?
        var hasJournal = false
        /// Nil until it is asked for.
        var isHeld: Bool?
        var attention: Attention = []
        var location: Feed.Location?
        var wasAdded = false

        /// Whether there is nothing to remember of it.
        var isBlank: Bool { listing == nil && !hasJournal && !wasAdded }
    }

    private let own: PublisherID
    private let topics: Set<String>
    private var known: [PublisherID: Known] = [:]

    /// Begins with nobody known.
    ///
    /// - Parameter topics: what the slot consumes.
    package init(own: PublisherID, topics: Set<String>) {
        self.own = own
        self.topics = topics
    }

    /// To be called once, before any change: a slot that consumes what it emits reads its own journal.
    package mutating func begin(emits: Set<String>) -> [Action] {
        guard !topics.isDisjoint(with: emits) else { return [] }
        return [.attend(own, .journal), .added(own), .located(own, .atRest)]
    }

    package mutating func handle(_ change: Change) -> [Action] {
        switch change {
        case .listed(let id, let listing):
            return update(id) { known in
                // Whoever held it before: another start is another holder.
                if known.listing?.instance != listing.instance { known.isHeld = nil }
                known.listing = listing
            }
        case .unlisted(let id):
            return update(id) { known in
                known.listing = nil
                known.isHeld = nil
            }
        case .journal(let id, let isThere): return update(id) { $0.hasJournal = isThere }
        case .lock(let id, let isHeld): return update(id) { if $0.listing != nil { $0.isHeld = isHeld } }
        }
    }

    private mutating func update(_ id: PublisherID, _ body: (inout Known) -> Void) -> [Action] {
        guard id != own else { return [] }
        var one = known[id] ?? Known()
        body(&one)
        var actions: [Action] = []
        let (attention, place) = decide(id, one)
        if attention != one.attention {
            one.attention = attention
            actions.append(.attend(id, attention))
        }
        switch place {
        case .asked: actions.append(.askLock(id))
        case .somewhere(let location):
            if location != one.location {
                if !one.wasAdded { actions.append(.added(id)) }
                one.wasAdded = true
                one.location = location
                actions.append(.located(id, location))
            }
        case .nowhere:
            if one.location != nil { actions.append(.forgotten(id)) }
            one.location = nil
        }
        known[id] = one.isBlank ? nil : one
        return actions
    }

    private enum Place {
        case nowhere
        /// Where it is depends on its lock.
        case asked
        case somewhere(Feed.Location)
    }

    private func decide(_ id: PublisherID, _ known: Known) -> (Attention, Place) {
        let atRest: Place = known.hasJournal ? .somewhere(.atRest) : .nowhere
        guard let listing = known.listing, id != .ingress else {
            return (known.hasJournal ? .journal : [], atRest)
        }
        // It says nothing that is consumed here. What it said before its declaration changed stands in its journal.
        guard !topics.isDisjoint(with: listing.emits) else { return ([], atRest) }
        switch known.isHeld {
        case nil: return (.lock, .asked)
        case true?:
            let isLocal = listing.isHere && known.hasJournal
            return (.lock, .somewhere(.live(instance: listing.instance, isLocal: isLocal)))
        case false?: return (known.hasJournal ? [.lock, .journal] : .lock, atRest)
        }
    }
}
