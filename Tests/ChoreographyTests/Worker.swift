internal import Choreography
internal import Envelope

/// What a reaction does with an event.
enum Reacting {
    case emits([Event])
    case fails(String)
    case failsForGood(String)
}

/// Does what a worker does with a batch: triage, reaction, and no event of a key after one that failed.
struct Worker {
    var hopLimit = 64
    let react: (Event, _ attempt: Int) -> Reacting

    func run(_ batch: Batch, now: Timestamp) -> [Outcome] {
        var failed: Set<String> = []
        return batch.works.flatMap(\.each).map { work in
            let outcome = run(work, now: now, blocked: work.isParked ? failed : batch.blocked.union(failed))
            switch outcome {
            case .failed(_, _, let key) where !key.isEmpty: failed.insert(key)
            case .behind(let key): failed.insert(key)
            default: break
            }
            return outcome
        }
    }

    private func run(_ work: Work, now: Timestamp, blocked: Set<String>) -> Outcome {
        guard let event = try? EventRecord.decode(work.records) else {
            return .failed("undecodable", isFinal: true, key: "")
        }
        let key = event.orderingKey
        switch Triage.decide(
            event, isParked: work.isParked, deaths: work.deaths, now: now, hopLimit: hopLimit, blocked: blocked)
        {
        case .expired: return .expired
        case .wait(let until): return .wait(until: until, key: key)
        case .behind: return .behind(key: key)
        case .tooDeep(let path), .poison(let path): return .failed(path, isFinal: true, key: key)
        case .react: break
        }
        switch react(event, Int(work.parkedAttempts ?? 0) + 1) {
        case .emits(let events): return .handled(events)
        case .fails(let error): return .failed(error, isFinal: false, key: key)
        case .failsForGood(let error): return .failed(error, isFinal: true, key: key)
        }
    }
}
