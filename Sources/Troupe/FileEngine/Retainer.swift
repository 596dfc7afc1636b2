package import Choreography
package import Envelope
package import Journal

/// Removes what a slot's journal need not keep any more. One thread at a time uses it.
package final class Retainer {
    private struct Follower {
        let reader: FileEngineReader
        var state: SlotState
        var place: EngineCursor
    }

    private let publisher: PublisherID
    private let home: Home
    private let boot: BootID
    private let retention: Retention
    private let slots: () throws -> [PublisherID]
    private let fileSystem: (PublisherID) -> any FileSystem
    private let reader: FileEngineReader
    private var followers: [PublisherID: Follower] = [:]

    package init(
        _ publisher: PublisherID, home: Home, boot: BootID, retention: Retention,
        slots: @escaping () throws -> [PublisherID], fileSystem: @escaping (PublisherID) -> any FileSystem
    ) throws {
        self.publisher = publisher
        self.home = home
        self.boot = boot
        self.retention = retention
        self.slots = slots
        self.fileSystem = fileSystem
        reader = try FileEngineReader(publisher, home: home, boot: boot, fileSystem: fileSystem(publisher))
    }

    /// Looks at the journals of a home.
    convenience init(_ publisher: PublisherID, home: Home, boot: BootID, retention: Retention) throws {
        let disk = OSFileSystem()
        try self.init(
            publisher, home: home, boot: boot, retention: retention,
            slots: {
                try EngineError.mapping { try disk.list(home.journals) }.compactMap { try? PublisherID($0) }
            }, fileSystem: { _ in disk })
    }

    /// What became of a look.
    package struct Outcome {
        package var segments = 0
        package var bytes: UInt64 = 0
        /// Who keeps the oldest segment, although its time has come.
        package var holder: ConsumerNeeds.Holder?
    }

    /// Whether the oldest segment's time has come; quick.
    package func isDue(end: UInt64, now: Timestamp) throws -> Bool {
        guard retention.removes, let oldest = try reader.oldestFinished() else { return false }
        return retention.wantsRemoved(ended: oldest.ended, total: end - oldest.base, now: now)
    }

    /// Removes segment after segment while the oldest one may go.
    ///
    /// - Parameters:
    ///   - state: the slot's own.
    ///   - end: the journal's end, a global offset.
    ///   - trim: removes the segments below a global offset; returns how many.
    package func run(
        _ state: SlotState, end: UInt64, now: Timestamp, registrations: () throws -> [Registration],
        trim: (UInt64) throws -> Int
    ) throws -> Outcome {
        var outcome = Outcome()
        var needs: ConsumerNeeds?
        while retention.removes, let oldest = try reader.oldestFinished(),
            retention.wantsRemoved(ended: oldest.ended, total: end - oldest.base, now: now)
        {
            if !retention.isForced {
                if needs == nil { needs = try self.needs(state, registrations()) }
                if let holder = needs?.holder(below: oldest.tips) {
                    outcome.holder = holder
                    break
                }
            }
            guard try trim(oldest.end) > 0 else { break }
            outcome.segments += 1
            outcome.bytes += oldest.end - oldest.base
        }
        return outcome
    }

    private func needs(_ state: SlotState, _ registrations: [Registration]) throws -> ConsumerNeeds {
        var needs = ConsumerNeeds(of: publisher, state)
        let slots = try slots()
        for registration in registrations where registration.topics.keys.contains(where: { state.tip($0) > 0 }) {
            let own = slots.filter { $0.handler == registration.handler }
            needs.note(registration, own.isEmpty ? [nil] : try own.map { try durableState($0) })
        }
        return needs
    }

    /// What a power loss would leave of a consumer. Throws when it cannot be read: nothing is removed then.
    private func durableState(_ slot: PublisherID) throws -> SlotState? {
        do {
            var follower: Follower
            // A consumer that was put back to before what is known of it needs again what it needed then.
            if let known = followers[slot], try known.reader.goesOn(from: known.place, in: known.state.epoch) {
                follower = known
            } else {
                let reader = try FileEngineReader(slot, home: home, boot: boot, fileSystem: fileSystem(slot))
                let (place, state) = try reader.checkpoint()
                follower = Follower(reader: reader, state: state, place: place)
            }
            let end = try follower.reader.durableEnd()
            // The newest checkpoint may be newer than what is durable: only for as long as a rotation takes.
            while !follower.place.reaches(end) {
                let next = try follower.reader.read(from: follower.place, upTo: end, maxBytes: 8 << 20) { entry in
                    try follower.state.apply(entry)
                    return true
                }
                if next == follower.place { break }
                follower.place = next
            }
            followers[slot] = follower
            return follower.state
        } catch let error as EngineError where error.code == .notFound {
            followers[slot] = nil
            return nil
        } catch {
            followers[slot] = nil
            throw error
        }
    }
}
