internal import Choreography
internal import Envelope

/// A handler's core with a worker that has no reaction: what it would append must be readable again.
struct HandledCore {
    private var core: HandlerCore
    private var drafts: [EntryDraft] = []

    init(state: SlotState = SlotState(), isAfterCleanExit: Bool = true) {
        core = HandlerCore(
            state: state, topics: Samples.topics, options: HandlerCore.Options(), isAfterCleanExit: isAfterCleanExit)
    }

    mutating func jump(_ jump: CursorJump, now: Timestamp) { drafts.append(core.jump(jump, now: now)) }

    mutating func deliver(_ deliveries: [Delivery], now: Timestamp, isFailing: Bool = false) {
        core.deliver(deliveries)
        while let batch = core.next(lane: 0, now: now) {
            let outcomes = batch.works.flatMap(\.each).map { work in
                outcome(work, batch, now: now, isFailing: isFailing)
            }
            if let trying = batch.trying { drafts.append(EntryDraft(knows: [trying], time: now)) }
            drafts.append(core.complete(batch, BatchResult(outcomes), now: now))
        }
        _ = core.nextDue(lane: 0)
    }

    private func outcome(_ work: Work, _ batch: Batch, now: Timestamp, isFailing: Bool) -> Outcome {
        let event: Event
        do { event = try EventRecord.decode(work.records) } catch {
            return .failed("\(error)", isFinal: true, key: "")
        }
        switch Triage.decide(
            event, isParked: work.isParked, deaths: work.deaths, now: now, hopLimit: 8, blocked: batch.blocked)
        {
        case .react: return isFailing ? .failed("no", isFinal: false, key: event.orderingKey) : .handled([])
        case .expired: return .expired
        case .wait(let until): return .wait(until: until, key: event.orderingKey)
        case .behind: return .behind(key: event.orderingKey)
        case .tooDeep(let reason), .poison(let reason): return .failed(reason, isFinal: true, key: event.orderingKey)
        }
    }

    func check() throws {
        for draft in drafts {
            let heard = try EntryCodec.encode(heard: draft.heard).withUnsafeBytes { try EntryCodec.heard($0) }
            let knows = try EntryCodec.encode(knows: draft.knows).withUnsafeBytes { try EntryCodec.knows($0) }
            guard heard == draft.heard, knows == draft.knows else {
                throw FuzzFinding("an entry that is read otherwise: \(draft)")
            }
        }
    }
}
