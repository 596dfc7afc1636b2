internal import DequeModule
package import Envelope

/// A slot's decisions about what it hears: which event goes to which lane, what an outcome appends, when a parked
/// event is due. No clock, no thread, no file: time comes in as an argument, effects go out as values.
package struct HandlerCore: Sendable {
    /// The limits that a slot works within.
    package struct Options: Sendable {
        package var lanes = 1
        package var retry = RetryPolicy()
        /// Deepest serial that is still handled.
        package var hopLimit = 64
        /// Most events of one batch, hence of one entry.
        package var batchLimit = 1024
        /// Bytes of records at which a batch ends: should all of its events be parked, their records stand in one entry.
        package var batchBytesLimit = 8 << 20
        /// Bytes of records that may wait for a lane before the engine is told to hold back.
        package var inboxLimit = 8 << 20
        /// Events that may wait for a lane.
        package var inboxCountLimit = 32_768
        /// How far above its cursor an event may lie that was in hand when a process ended.
        package var trialWindow = Cursor.width
        /// Parks at which the lanes stop taking fresh events.
        package var parkLimit = 4096

        package init() {}
    }

    /// Most bytes that are kept of what a reaction threw.
    private static let errorLimit = 4096

    package private(set) var state: SlotState
    package let topics: Set<Topic>
    package let options: Options

    private var lanes: [Deque<Delivery>]
    private var isBusy: [Bool]
    private var waiting = 0
    private var waitingBytes = 0
    private var inHand: Set<Position> = []
    private var trials: Trials
    private var isTrying = false
    /// Where streams were set back because their publisher lost what had been heard.
    private var setBacks: [StreamID: [SetBack]] = [:]
    /// The epochs of what was delivered on each stream.
    private var delivered: [StreamID: Set<UInt64>] = [:]
    private var lastDelivered: (stream: StreamID, epoch: UInt64)?

    /// Where a stream was set back, and the epochs of what had been delivered on it by then: their events above `low` are
    /// lost. Epochs mostly ascend, but not where a journal was put back by a clock that was set back too.
    private struct SetBack {
        let low: UInt64
        let epochs: Set<UInt64>
    }
    private var chains: [String: [Position]] = [:]
    private var isDraining = false
    /// Per lane, the earliest due time among parks that nothing blocks; recomputed when parks change.
    private var dues: [Timestamp?]
    /// The newest time seen: parks keep their order although the clock may step back.
    private var latest = Timestamp(microseconds: .min)

    /// - Parameter isAfterCleanExit: whether the process before ended with nothing in hand, or there was none.
    package init(state: SlotState, topics: Set<Topic>, options: Options, isAfterCleanExit: Bool = true) {
        self.state = state
        self.topics = topics
        self.options = options
        trials = Trials(state, isAfterCleanExit ? nil : options.trialWindow)
        lanes = Array(repeating: [], count: max(1, options.lanes))
        isBusy = Array(repeating: false, count: max(1, options.lanes))
        dues = Array(repeating: nil, count: max(1, options.lanes))
        for park in state.parks.values where park.reason == .behind { latest = max(latest, park.due) }
        indexParks()
    }

    // MARK: hearing

    /// Whether the engine should go on delivering.
    package var hasRoom: Bool { waitingBytes < options.inboxLimit && waiting < options.inboxCountLimit }

    /// Events that wait for a lane.
    package var backlog: Int { waiting }

    /// Takes deliveries; what was heard before, and what is not consumed, is dropped here.
    package mutating func deliver(_ deliveries: [Delivery]) {
        guard var stream = deliveries.first?.stream else { return }
        var isConsumed = topics.contains(stream.topic)
        var cursor = state.cursor(stream)
        for delivery in deliveries {
            // Deliveries come in runs of one stream.
            if delivery.stream != stream {
                stream = delivery.stream
                isConsumed = topics.contains(stream.topic)
                cursor = state.cursor(stream)
            }
            guard isConsumed else { continue }
            note(delivery)
            if lanes.count == 1, cursor.above.isEmpty {
                guard delivery.last > cursor.low else { continue }
                var rest = delivery
                if delivery.sequence <= cursor.low { _ = rest.takeFirst(Int(cursor.low - delivery.sequence) + 1) }
                enqueue(rest, lane: 0)
            } else {
                for one in delivery.each where !cursor.contains(one.sequence) {
                    enqueue(one, lane: lane(of: one.records))
                }
            }
        }
    }

    private mutating func note(_ delivery: Delivery) {
        if lastDelivered?.stream == delivery.stream, lastDelivered?.epoch == delivery.epoch { return }
        lastDelivered = (delivery.stream, delivery.epoch)
        delivered[delivery.stream, default: []].insert(delivery.epoch)
    }

    private mutating func enqueue(_ delivery: Delivery, lane: Int) {
        lanes[lane].append(delivery)
        waiting += delivery.count
        waitingBytes += delivery.records.count
    }

    private func lane(of record: ArraySlice<UInt8>) -> Int {
        guard lanes.count > 1 else { return 0 }
        let bucket = record.withUnsafeBytes { RecordView.bucket(of: $0) }
        return Int(bucket) % lanes.count
    }

    /// The entry that sets a cursor which its publisher cannot continue.
    package mutating func jump(_ jump: CursorJump, now: Timestamp) -> EntryDraft {
        if jump.reason == .lost {
            setBacks[jump.stream, default: []].append(
                SetBack(low: jump.low, epochs: delivered[jump.stream, default: []]))
            delivered[jump.stream] = []
            lastDelivered = nil
            for lane in lanes.indices { dropLost(from: lane) }
        }
        let item: Knowledge =
            switch jump.reason {
            // What waits for a lane is not heard yet, so the cursor must not move up.
            case .lost: .lost(jump.stream, epoch: jump.epoch, low: jump.low)
            case .trimmed: .cursor(jump.stream, epoch: jump.epoch, low: jump.low)
            }
        let draft = EntryDraft(knows: [item], time: now)
        state.apply(draft)
        return draft
    }

    /// Drops queued events that their publisher lost.
    private mutating func dropLost(from lane: Int) {
        let queued = lanes[lane]
        lanes[lane].removeAll()
        for delivery in queued {
            waiting -= delivery.count
            waitingBytes -= delivery.records.count
            if !isLost(Position(delivery.stream, epoch: delivery.epoch, sequence: delivery.last)) {
                enqueue(delivery, lane: lane)
            } else {
                for one in delivery.each where !isLost(one.position) { enqueue(one, lane: lane) }
            }
        }
    }

    /// Whether the publisher gave the event's sequence to another one.
    private func isLost(_ position: Position) -> Bool {
        guard !setBacks.isEmpty, let setBacks = setBacks[position.stream] else { return false }
        return setBacks.contains { position.sequence > $0.low && $0.epochs.contains(position.epoch) }
    }

    /// Notes what a publisher had said by the time this process followed it: what came after that no process before had in
    /// hand.
    package mutating func note(tips: [Topic: UInt64], of publisher: PublisherID) {
        for (topic, tip) in tips { trials.note(tip: tip, on: StreamID(publisher, topic)) }
    }

    // MARK: working

    /// The entry that does what somebody asked for with dead letters; empty if there is nothing to do.
    package mutating func carryOut(_ request: DeadLetterRequest, now: Timestamp) -> EntryDraft {
        let draft = request.draft(for: state, now: now)
        state.apply(draft)
        indexParks()
        return draft
    }

    /// No batch is handed out any more; those in hand may be completed.
    package mutating func drain() { isDraining = true }

    /// Whether no batch is in hand.
    package var isQuiet: Bool { !isBusy.contains(true) }

    /// When `next` may have parked work for a lane, if it has none now.
    package func nextDue(lane: Int) -> Timestamp? { isDraining || (isCautious && !isQuiet) ? nil : dues[lane] }

    /// Whether some events are handled with no other at the same time.
    package var isCautious: Bool { trials.isCautious(state) }

    /// The next batch of a lane, or nil while it is busy or has nothing to do.
    package mutating func next(lane: Int, now: Timestamp) -> Batch? {
        guard !isDraining, !isBusy[lane], !isTrying else { return nil }
        var works: [Work] = []
        var (count, bytes) = (0, 0)
        var blocked: Set<String> = []
        if !state.parks.isEmpty { takeDue(lane: lane, now: now, works: &works, bytes: &bytes, blocked: &blocked) }
        if state.parks.count < options.parkLimit, var stream = lanes[lane].first?.stream {
            let isCautious = isCautious
            var low = state.cursor(stream).low
            count = works.count
            while count < options.batchLimit, bytes < options.batchBytesLimit, !lanes[lane].isEmpty {
                if lanes[lane][0].stream != stream {
                    stream = lanes[lane][0].stream
                    low = state.cursor(stream).low
                }
                let sequence = lanes[lane][0].sequence
                guard sequence <= low || sequence - low <= Cursor.width else { break }
                if isCautious { guard admits(lanes[lane][0].position, to: works) else { break } }
                // Up to the end of the window above the cursor.
                let window = sequence <= low ? .max : Int(Cursor.width - (sequence - low)) + 1
                let isAlone = isCautious && !trials.isBeyond(lanes[lane][0].position, state)
                let most = isAlone ? 1 : min(options.batchLimit - count, window)
                let delivery = lanes[lane][0].takeFirst(most, bytes: options.batchBytesLimit - bytes)
                if lanes[lane][0].count == 0 { lanes[lane].removeFirst() }
                waiting -= delivery.count
                waitingBytes -= delivery.records.count
                bytes += delivery.records.count
                count += delivery.count
                works.append(Work(delivery))
            }
        }
        guard !works.isEmpty else { return nil }
        isBusy[lane] = true
        let trying = beginTrial(of: &works)
        return Batch(lane: lane, works: works, blocked: blocked, trying: trying)
    }

    /// A suspect is handled alone, in the whole slot.
    private func admits(_ position: Position, to works: [Work]) -> Bool {
        guard isCautious else { return true }
        if let first = works.first, trials.isSuspect(first.position, state) { return false }
        return !trials.isSuspect(position, state) || (works.isEmpty && isQuiet)
    }

    /// What says that the suspect is being tried, if the works are one that still may be.
    private mutating func beginTrial(of works: inout [Work]) -> Knowledge? {
        guard isCautious, works.count == 1, trials.isSuspect(works[0].position, state) else { return nil }
        isTrying = true
        works[0].deaths = state.deaths(of: works[0].position)
        guard !works[0].isPoison else { return nil }
        let item = Knowledge.trying(works[0].position, count: works[0].deaths + 1)
        state.apply(EntryDraft(knows: [item], time: latest))
        return item
    }

    private mutating func takeDue(
        lane: Int, now: Timestamp, works: inout [Work], bytes: inout Int, blocked: inout Set<String>
    ) {
        for (key, chain) in chains.sorted(by: { $0.key < $1.key }) {
            guard self.lane(ofKey: key) == lane else { continue }
            let isDue = state.parks[chain[0]].map { $0.due <= now } ?? false
            guard isDue, chain.allSatisfy({ take($0, into: &works, &bytes) }) else {
                blocked.insert(key)
                continue
            }
        }
        let ripe = state.parks.values.filter {
            $0.reason == .notBefore && $0.due <= now && !inHand.contains($0.position)
                && chains[$0.key] == nil && self.lane(ofKey: $0.key) == lane
        }
        for park in ripe.sorted(by: { ($0.due, $0.position) < ($1.due, $1.position) }) {
            guard take(park.position, into: &works, &bytes) else { break }
        }
    }

    /// Returns whether there was space in the batch.
    private mutating func take(_ position: Position, into works: inout [Work], _ bytes: inout Int) -> Bool {
        guard works.count < options.batchLimit, bytes < options.batchBytesLimit else { return false }
        guard let park = state.parks[position] else { return true }
        guard admits(position, to: works) else { return false }
        inHand.insert(position)
        bytes += park.record.count
        works.append(Work(position: position, record: park.record[...], parkedAttempts: park.attempts))
        return true
    }

    private func lane(ofKey key: String) -> Int {
        lanes.count > 1 ? Int(Event.bucket(ofText: key)) % lanes.count : 0
    }

    // MARK: concluding

    /// Turns what came of a batch into the one entry that moves cursor, follow-on events and parks together. Events behind
    /// the last outcome were not begun; they come first in the lane's next batch.
    package mutating func complete(_ batch: Batch, _ result: BatchResult, now: Timestamp) -> EntryDraft {
        latest = max(latest, now)
        var draft = EntryDraft(time: now)
        var times = HandlingTimes.Recorder(began: result.began, ended: now)
        var outcomes = Outcomes(result)
        var first = 0
        for work in batch.works {
            let end = min(first + work.count, result.count)
            var index = first
            while index < end {
                let plain = index + plainCount(end - index, work, &outcomes, into: &draft)
                if plain > index {
                    let sequence = work.position.sequence + UInt64(index - first)
                    HeardRun.append(
                        HeardRun(
                            work.position.stream, epoch: work.position.epoch,
                            range: sequence...(sequence + UInt64(plain - index - 1)), outcome: .handled,
                            checksum: RecordRun.checksum(of: work.records, at: plain - 1 - first)),
                        to: &draft.heard)
                    times.note(index..<plain, isHeard: true, isKnown: false)
                    index = plain
                } else {
                    let (event, items) = (work.event(at: index - first), draft.knows.count)
                    conclude(event, outcomes.next(), now: now, into: &draft)
                    times.note(
                        index..<index + 1, isHeard: !work.isParked && !isLost(event.position),
                        isKnown: draft.knows.count > items)
                    index += 1
                }
            }
            first += work.count
        }
        let parksChange = !draft.knows.isEmpty
        if let item = times.item { draft.knows.append(item) }
        state.apply(draft)
        if !inHand.isEmpty { for work in batch.works where work.isParked { inHand.remove(work.position) } }
        for work in batch.works.reversed() {
            first -= work.count
            let begun = max(0, min(work.count, result.count - first))
            guard begun < work.count, !work.isParked else { continue }
            let rest = work.dropFirst(begun)
            lanes[batch.lane].prepend(rest)
            waiting += rest.count
            waitingBytes += rest.records.count
        }
        isBusy[batch.lane] = false
        isTrying = false
        if parksChange { indexParks() }
        return draft
    }

    /// A batch's outcomes, taken one after the other or many at once.
    private struct Outcomes {
        private let runs: [BatchResult.Run]
        private var index = 0
        private var taken = 0

        init(_ result: BatchResult) { runs = result.runs }

        mutating func next() -> Outcome {
            defer { take(1) }
            return runs[index].outcome(at: taken)
        }

        /// Takes up to `limit` events that were handled, and adds what they said. Returns how many.
        mutating func takeHandled(_ limit: Int, into said: inout [Event]) -> Int {
            guard index < runs.count, case .handled = runs[index].outcome else { return 0 }
            let count = min(limit, runs[index].count - taken)
            if count == runs[index].count {
                let all = runs[index].saidByAll
                // Mostly there is one run: then no event is copied.
                if said.isEmpty { said = all } else { said += all }
            } else {
                said += runs[index].said(taken..<taken + count)
            }
            take(count)
            return count
        }

        private mutating func take(_ count: Int) {
            taken += count
            guard taken == runs[index].count else { return }
            index += 1
            taken = 0
        }
    }

    /// How many of a work's next events are simply handled: fresh, and with nothing to look up. Adds what they said.
    private func plainCount(
        _ limit: Int, _ work: Work, _ outcomes: inout Outcomes, into draft: inout EntryDraft
    ) -> Int {
        guard setBacks.isEmpty, !work.isParked else { return 0 }
        var count = 0
        while count < limit {
            let more = outcomes.takeHandled(limit - count, into: &draft.said)
            guard more > 0 else { break }
            count += more
        }
        return count
    }

    /// Turns the outcome of one event.
    private func conclude(_ work: Work, _ outcome: Outcome, now: Timestamp, into draft: inout EntryDraft) {
        let position = work.position
        let checksum = RecordRun.checksum(of: work.records, at: 0)
        func heard(_ outcome: HeardOutcome) {
            if work.isParked {
                draft.knows.append(.unpark(position))
            } else if !isLost(position) {
                HeardRun.append(position, outcome, checksum: checksum, to: &draft.heard)
            }
        }
        func park(_ reason: Park.Reason, due: Timestamp, attempts: UInt32, key: String, error: String) {
            if !work.isParked, !isLost(position) {
                HeardRun.append(position, .parked, checksum: checksum, to: &draft.heard)
            }
            draft.knows.append(
                .park(
                    Park(
                        position: position, reason: reason, due: due, attempts: attempts, key: key, error: error,
                        record: Array(work.records))))
        }
        let attempts = work.parkedAttempts ?? 0
        switch outcome {
        case .handled(let events):
            heard(.handled)
            draft.said += events
        case .expired: heard(.expired)
        case .wait(let until, let key): park(.notBefore, due: until, attempts: attempts, key: key, error: "")
        case .behind(let key):
            if !work.isParked || state.parks[position]?.reason == .notBefore {
                park(.behind, due: latest, attempts: attempts, key: key, error: "")
            }
        case .failed(let error, let isFinal, let key):
            let failures = attempts == .max ? attempts : attempts + 1
            let error = String(error.prefix(utf8Bytes: Self.errorLimit))
            if isFinal || failures >= options.retry.attempts {
                heard(.dead)
                draft.knows.append(
                    .dead(
                        DeadLetter(
                            position: position, time: now, attempts: failures, error: error,
                            record: Array(work.records))))
            } else {
                park(
                    .retry, due: options.retry.due(after: failures, of: position, now: now), attempts: failures,
                    key: key, error: error)
            }
        }
    }

    /// Chains of one key: the event that failed first, then those behind it in the order in which they were heard.
    private mutating func indexParks() {
        chains = [:]
        dues = dues.map { _ in nil }
        for park in state.parks.values where park.reason != .notBefore {
            chains[park.key, default: []].append(park.position)
        }
        for (key, chain) in chains {
            let ordered = chain.sorted {
                let (a, b) = (state.parks[$0]!, state.parks[$1]!)
                let (isRetryA, isRetryB) = (a.reason == .retry, b.reason == .retry)
                return isRetryA != isRetryB ? isRetryA : (a.due, a.position) < (b.due, b.position)
            }
            chains[key] = ordered
            note(due: state.parks[ordered[0]]!.due, key: key)
        }
        for park in state.parks.values
        where park.reason == .notBefore && chains[park.key] == nil && !inHand.contains(park.position) {
            note(due: park.due, key: park.key)
        }
    }

    private mutating func note(due: Timestamp, key: String) {
        let lane = lane(ofKey: key)
        dues[lane] = min(dues[lane] ?? due, due)
    }
}
