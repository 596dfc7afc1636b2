package import Choreography
package import Envelope
internal import Synchronization

/// An engine without files, sockets or threads: logs are arrays, and deliveries happen inside `append`.
///
/// It passes the same conformance suite as files and ZeroMQ. What it holds survives a handler's `crash`, as a journal
/// at `written` does.
package final class MemoryEngine: Engine {
    private let state: Mutex<State>

    struct State {
        var logs: [PublisherID: MemoryJournal] = [:]
        var registrations: [HandlerName: Registration] = [:]
        var followers: [PublisherID: Follower] = [:]
        var isPumping = false
        var nextEpoch: UInt64 = 1
        let clock: @Sendable () -> Timestamp
    }

    struct Follower {
        let topics: Set<Topic>
        let start: @Sendable (StreamID) -> Cursor
        let receiver: any DeliveryReceiver
        var places: [PublisherID: Int] = [:]
        var isPaused = false
    }

    /// Epochs and entries take their times from `clock`.
    package init(clock: @escaping @Sendable () -> Timestamp) {
        state = Mutex(State(clock: clock))
    }

    package func register(_ registration: Registration) throws {
        state.withLock { $0.registrations[registration.handler] = registration }
    }

    package func registrations() throws -> [Registration] {
        state.withLock { $0.registrations.values.sorted { $0.handler < $1.handler } }
    }

    package func forget(_ handler: HandlerName) throws {
        state.withLock { $0.registrations[handler] = nil }
    }

    package func publishers() throws -> [PublisherID] { state.withLock { $0.logs.keys.sorted() } }

    package func open(_ slot: PublisherID) throws -> any EngineLog {
        let (recovered, isNew, time) = try state.withLock { state -> (SlotState, Bool, Timestamp) in
            let isNew = state.logs[slot] == nil
            var log = state.logs[slot] ?? MemoryJournal(epoch: state.nextEpoch, time: state.clock())
            if isNew { state.nextEpoch += 1 }
            guard !log.isOpen else { throw EngineError(.locked, "the slot \(slot) is open already; close it first") }
            log.isOpen = true
            state.logs[slot] = log
            return (log.state, isNew, log.entries.last?.time ?? state.clock())
        }
        return MemoryLog(self, slot, recovered: recovered, isNew: isNew, time: time)
    }

    package func reader(_ publisher: PublisherID) throws -> any EngineReader {
        guard state.withLock({ $0.logs[publisher] != nil }) else {
            throw EngineError(.notFound, "there is no log of \(publisher)")
        }
        return MemoryReader(self, publisher)
    }

    /// Ends a slot as `kill -9` would: what was appended stays, nobody is told.
    package func crash(_ slot: PublisherID) {
        state.withLock { state in
            state.logs[slot]?.isOpen = false
            state.followers[slot] = nil
        }
    }

    // MARK: for logs and readers

    func journal(_ publisher: PublisherID) -> MemoryJournal? { state.withLock { $0.logs[publisher] } }

    func append(_ draft: EntryDraft, level: Durability, to slot: PublisherID) throws {
        try state.withLock { state in
            guard state.logs[slot]?.isOpen ?? false else {
                throw EngineError(.closed, "the slot \(slot) is closed")
            }
            state.logs[slot]!.append(draft, level: level)
        }
        pump()
    }

    func follow(_ slot: PublisherID, _ follower: Follower) {
        state.withLock { $0.followers[slot] = follower }
        pump()
    }

    func resume(_ slot: PublisherID) {
        state.withLock { $0.followers[slot]?.isPaused = false }
        pump()
    }

    func close(_ slot: PublisherID) { crash(slot) }

    /// Delivers until nobody has anything to hear. Only one caller at a time delivers; others leave it to that one.
    private func pump() {
        guard
            state.withLock({ state in
                defer { state.isPumping = true }
                return !state.isPumping
            })
        else { return }
        while let (slot, receiver, deliveries) = state.withLock({ $0.nextDelivery() }) {
            if !receiver.receive(deliveries) { state.withLock { $0.followers[slot]?.isPaused = true } }
        }
    }
}

extension MemoryEngine.State {
    /// The next deliveries of some follower, or nil, which ends the pumping.
    mutating func nextDelivery() -> (PublisherID, any DeliveryReceiver, [Delivery])? {
        for (slot, follower) in followers.sorted(by: { $0.key < $1.key }) where !follower.isPaused {
            for (publisher, log) in logs.sorted(by: { $0.key < $1.key }) {
                let place = follower.places[publisher] ?? 0
                guard place < log.entries.count else { continue }
                followers[slot]!.places[publisher] = log.entries.count
                let deliveries = log.deliveries(from: place, publisher, follower)
                if !deliveries.isEmpty { return (slot, follower.receiver, deliveries) }
            }
        }
        isPumping = false
        return nil
    }
}
