internal import Choreography
internal import Testing

@Suite struct RosterTests {
    private let own = Sample.publisher("me")
    private let shop = Sample.publisher("shop")
    private var roster: Roster

    init() { roster = Roster(own: Sample.publisher("me"), topics: ["a", "b"]) }

    private func listing(_ instance: String = "i1", emits: Set<String> = ["a"], isHere: Bool = true) -> Roster.Listing {
        Roster.Listing(instance: instance, isHere: isHere, emits: emits)
    }

    private func live(_ instance: String = "i1", isLocal: Bool = true) -> Feed.Location {
        .live(instance: instance, isLocal: isLocal)
    }

    // MARK: one publisher

    @Test mutating func `a publisher of what is consumed is followed once its lock is known to be held`() {
        #expect(
            roster.handle(.journal(shop, isThere: true)) == [
                .attend(shop, .journal), .added(shop), .located(shop, .atRest),
            ])
        #expect(roster.handle(.listed(shop, listing())) == [.attend(shop, .lock), .askLock(shop)])
        #expect(roster.handle(.lock(shop, isHeld: true)) == [.located(shop, live())])
        #expect(roster.handle(.lock(shop, isHeld: true)) == [])
    }

    @Test mutating func `who dies without withdrawing its record is at rest, and its journal is kept in sight`() {
        for change: Roster.Change in [
            .journal(shop, isThere: true), .listed(shop, listing()), .lock(shop, isHeld: true),
        ] {
            _ = roster.handle(change)
        }
        #expect(
            roster.handle(.lock(shop, isHeld: false)) == [
                .attend(shop, [.lock, .journal]), .located(shop, .atRest),
            ])
    }

    @Test mutating func `a new start is another holder, whatever was known of the old one's lock`() {
        for change: Roster.Change in [
            .journal(shop, isThere: true), .listed(shop, listing()), .lock(shop, isHeld: false),
        ] {
            _ = roster.handle(change)
        }
        #expect(roster.handle(.listed(shop, listing("i2"))) == [.attend(shop, .lock), .askLock(shop)])
        #expect(roster.handle(.lock(shop, isHeld: true)) == [.located(shop, live("i2"))])
    }

    @Test mutating func `who withdraws its record is at rest`() {
        for change: Roster.Change in [
            .journal(shop, isThere: true), .listed(shop, listing()), .lock(shop, isHeld: true),
        ] {
            _ = roster.handle(change)
        }
        #expect(roster.handle(.unlisted(shop)) == [.attend(shop, .journal), .located(shop, .atRest)])
    }

    @Test mutating func `a publisher of other topics is never live here, and nobody asks for its lock`() {
        let other = listing(emits: ["c"])
        #expect(roster.handle(.listed(shop, other)) == [])
        // What it said before it declared otherwise.
        #expect(roster.handle(.journal(shop, isThere: true)) == [.added(shop), .located(shop, .atRest)])
        #expect(roster.handle(.lock(shop, isHeld: true)) == [])
        #expect(roster.handle(.listed(shop, listing("i2"))) == [.attend(shop, .lock), .askLock(shop)])
    }

    @Test mutating func `a publisher at rest that comes back with other topics is not connected to`() {
        _ = roster.handle(.journal(shop, isThere: true))
        #expect(roster.handle(.listed(shop, listing(emits: ["c"]))) == [.attend(shop, [])])
    }

    @Test mutating func `a record without a journal and without a holder is nobody's`() {
        #expect(roster.handle(.listed(shop, listing())) == [.attend(shop, .lock), .askLock(shop)])
        #expect(roster.handle(.lock(shop, isHeld: false)) == [])
    }

    @Test mutating func `a publisher elsewhere is live, and its journal is not read here`() {
        _ = roster.handle(.listed(shop, listing(isHere: false)))
        #expect(roster.handle(.lock(shop, isHeld: true)) == [.added(shop), .located(shop, live(isLocal: false))])
    }

    @Test mutating func `who is gone is forgotten, and goes on where it was if it comes back`() {
        _ = roster.handle(.journal(shop, isThere: true))
        #expect(roster.handle(.journal(shop, isThere: false)) == [.attend(shop, []), .forgotten(shop)])
        #expect(roster.handle(.journal(shop, isThere: false)) == [])
        #expect(roster.handle(.journal(shop, isThere: true)) == [.attend(shop, .journal), .located(shop, .atRest)])
    }

    @Test mutating func `the ingress is read from its journal, whatever is listed under its name`() {
        _ = roster.handle(.listed(.ingress, listing()))
        #expect(
            roster.handle(.journal(.ingress, isThere: true)) == [
                .attend(.ingress, .journal), .added(.ingress), .located(.ingress, .atRest),
            ])
        #expect(roster.handle(.lock(.ingress, isHeld: true)) == [])
    }

    @Test mutating func `only who consumes what it emits reads its own journal`() {
        #expect(roster.begin(emits: ["c"]) == [])
        #expect(roster.begin(emits: ["b", "c"]) == [.attend(own, .journal), .added(own), .located(own, .atRest)])
        #expect(roster.handle(.listed(own, listing())) == [])
        #expect(roster.handle(.journal(own, isThere: false)) == [])
    }

    // MARK: every order

    /// What the directory comes to say in the end, told in an order, with lock queries answered by the truth at that time.
    private func outcome(
        _ changes: [Roster.Change], isHeld: Bool
    ) -> (location: Feed.Location?, attention: Roster.Attention) {
        var roster = Roster(own: own, topics: ["a", "b"])
        var location: Feed.Location?
        var attention: Roster.Attention = []
        var added = 0
        var open = changes
        while !open.isEmpty {
            for action in roster.handle(open.removeFirst()) {
                switch action {
                case .askLock(let id): open.insert(.lock(id, isHeld: isHeld), at: 0)
                case .added: added += 1
                case .located(_, let place):
                    #expect(added == 1, "located before it was added, or added twice")
                    #expect(place != location, "told again")
                    location = place
                case .forgotten: location = nil
                case .attend(_, let new): attention = new
                }
            }
        }
        return (location, attention)
    }

    private func orders<T>(_ items: [T]) -> [[T]] {
        guard items.count > 1 else { return [items] }
        return items.indices.flatMap { index -> [[T]] in
            var rest = items
            let first = rest.remove(at: index)
            return orders(rest).map { [first] + $0 }
        }
    }

    @Test func `changes in every order lead to the same place`() {
        for hasJournal in [true, false] {
            for emits: Set<String> in [["a"], ["c"], ["b", "c"], []] {
                for isHeld in [true, false] {
                    let facts: [Roster.Change] = [
                        .journal(shop, isThere: hasJournal), .listed(shop, listing(emits: emits)),
                        .lock(shop, isHeld: isHeld), .journal(shop, isThere: hasJournal),
                        .listed(shop, listing(emits: emits)),
                    ]
                    let wants = !emits.isDisjoint(with: ["a", "b"])
                    let place: Feed.Location? =
                        wants && isHeld ? live(isLocal: hasJournal) : hasJournal ? .atRest : nil
                    let attention: Roster.Attention = !wants ? [] : !isHeld && hasJournal ? [.lock, .journal] : .lock
                    for order in orders(facts) {
                        let end = outcome(order, isHeld: isHeld)
                        #expect(end.location == place && end.attention == attention, "\(order)")
                    }
                }
            }
        }
    }

    @Test func `what is listed and gone again in every order with a journal ends at what was told last`() {
        let facts: [Roster.Change] = [
            .listed(shop, listing("i1")), .unlisted(shop), .listed(shop, listing("i2", emits: ["c"])),
            .journal(shop, isThere: true), .journal(shop, isThere: false),
        ]
        for order in orders(facts) {
            var listing: Roster.Listing?
            var hasJournal = false
            for change in order {
                switch change {
                case .listed(_, let new): listing = new
                case .unlisted: listing = nil
                case .journal(_, let isThere): hasJournal = isThere
                case .lock: break
                }
            }
            let isLive = listing.map { !$0.emits.isDisjoint(with: ["a", "b"]) } ?? false
            let place: Feed.Location? =
                isLive ? live(listing!.instance, isLocal: hasJournal) : hasJournal ? .atRest : nil
            #expect(outcome(order, isHeld: true).location == place, "\(order)")
        }
    }
}
