internal import Choreography
internal import Envelope
internal import Journal

extension PeerCheck {
    /// What an entry handled, by position, with the event where its publisher still has it.
    struct Handled {
        var causes: [String: HeardSource.Cause] = [:]
        /// Whether something was handled whose event cannot be looked at.
        var hasUnknown = false
    }

    /// Checks the heard runs of an entry. Returns what it handled.
    mutating func heard(_ entry: EntryView, _ items: [Knowledge]) -> Handled {
        var handled = Handled()
        let runs: [HeardRun]
        do { runs = try EntryCodec.heard(entry.heard, kind: entry.kind) } catch {
            note("heard", "it cannot be read: \(error)")
            return handled
        }
        var parked: Set<Position> = []
        var dead: Set<Position> = []
        for case .park(let park) in items { parked.insert(park.position) }
        for case .dead(let letter) in items { dead.insert(letter.position) }
        var cursors = state.cursors
        for run in runs {
            let last = run.range.upperBound
            if let registration, registration.topics[run.stream.topic] == nil {
                note("topic", "it is not registered for it", on: run.stream, last)
            } else if registration == nil {
                note("registration", "it hears, and there is no registration", on: run.stream, last)
            }
            guard last - run.range.lowerBound < 1 << 24 else {
                note("range", "the run is wider than any can be", on: run.stream, last)
                continue
            }
            var cursor = cursors[run.stream] ?? registration?.start(on: run.stream) ?? Cursor()
            if run.range.contains(where: { cursor.contains($0) }) {
                note(
                    "range", "\(run.range.lowerBound) to \(last) were heard before, at least in part", on: run.stream,
                    last)
            }
            if run.range.lowerBound > cursor.low, run.range.lowerBound - cursor.low > Cursor.width {
                note("range", "it lies over \(Cursor.width) above the low mark \(cursor.low)", on: run.stream, last)
            }
            cursor.insert(run.range)
            cursors[run.stream] = cursor
            against(run)
            for sequence in run.range where run.outcome != .expired {
                let position = Position(run.stream, epoch: run.epoch, sequence: sequence)
                if run.outcome == .parked, !parked.contains(position) {
                    note("outcome", "it is parked, and no item 1 of the entry parks it", on: run.stream, sequence)
                } else if run.outcome == .dead, !dead.contains(position) {
                    note("outcome", "it is dead, and no item 3 of the entry holds it", on: run.stream, sequence)
                } else if run.outcome == .handled {
                    add(position, to: &handled)
                }
            }
        }
        for case .unpark(let position) in items where !dead.contains(position) {
            add(position, to: &handled)
        }
        return handled
    }

    private func add(_ position: Position, to handled: inout Handled) {
        // What its publisher lost since may be another event there now.
        guard let source = sources[position.stream.publisher],
            !source.isLost(position.stream, position.sequence, since: position.epoch),
            let cause = source.cause(position.stream, position.sequence)
        else {
            handled.hasUnknown = true
            return
        }
        handled.causes["\(cause.event.flow)/\(cause.event.serial)"] = cause
    }

    /// Holds a run against what its publisher has.
    private mutating func against(_ run: HeardRun) {
        let last = run.range.upperBound
        guard let source = sources[run.stream.publisher] else {
            return note("publisher", "there is no journal of it that can be read", on: run.stream, last)
        }
        if run.epoch == 0 || run.epoch > source.state.epoch {
            note("epoch", "\(run.epoch) is no epoch of its publisher", on: run.stream, last)
        }
        guard !source.isLost(run.stream, last, since: run.epoch) else { return }
        if last > source.state.tip(run.stream.topic) {
            note("range", "its publisher has only \(source.state.tip(run.stream.topic)) events", on: run.stream, last)
        } else if run.checksum != 0, let cause = source.cause(run.stream, last), cause.checksum != run.checksum {
            note("checksum", "its publisher has another event there", on: run.stream, last)
        }
    }
}
