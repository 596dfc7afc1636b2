internal import Choreography
internal import Envelope
internal import Journal

extension PeerCheck {
    /// Checks the items of an entry. Returns those that can be read.
    mutating func knows(_ entry: EntryView) -> [Knowledge] {
        let items: [Knowledge]
        do { items = try EntryCodec.knows(entry.knows) } catch {
            note("knows", "it cannot be read: \(error)")
            return []
        }
        if EntryCodec.encode(knows: items).count != entry.knows.count - Self.unknownBytes(entry.knows) {
            note("knows", "an item has more bytes than it says anything with")
        }
        let runs = (try? EntryCodec.heard(entry.heard, kind: entry.kind)) ?? []
        var parks = Set(state.parks.keys)
        var letters = Set(state.deadLetters.keys)
        for run in runs where run.outcome == .parked || run.outcome == .dead {
            // The items say of each what became of it; here it only must be one of them.
            guard run.range.upperBound - run.range.lowerBound < 1 << 24 else { continue }
            for sequence in run.range {
                let position = Position(run.stream, epoch: run.epoch, sequence: sequence)
                if run.outcome == .parked { parks.insert(position) } else { letters.insert(position) }
            }
        }
        for item in items {
            switch item {
            case .park(let park):
                if !parks.contains(park.position) {
                    wrong(park.position, "park", "the entry does not hear it as parked")
                }
                record(park.record, of: park.position, key: park.key)
                parks.insert(park.position)
            case .unpark(let position):
                if parks.remove(position) == nil { wrong(position, "unpark", "it is not parked") }
                // What is given up becomes a dead letter in the same entry.
                letters.insert(position)
            case .dead(let letter):
                if !letters.contains(letter.position) {
                    wrong(letter.position, "dead letter", "the entry neither hears it as dead nor unparks it")
                }
                record(letter.record, of: letter.position, key: nil)
            case .undead(let position):
                if state.deadLetters[position] == nil { wrong(position, "dead letter gone", "it is no dead letter") }
                parks.insert(position)
            case .cursor(let stream, _, let low):
                if low < state.cursor(stream).low {
                    note("cursor", "item 5 sets \(stream) back to \(low); only item 7 may", topic: stream.topic.text)
                }
            case .lost(let stream, let epoch, let low):
                guard let source = sources[stream.publisher] else { break }
                if source.state.firstSequence(after: state.cursor(stream).epoch, on: stream.topic) == nil {
                    note(
                        "lost", "no epoch of \(stream.publisher) after the cursor's says that anything was lost",
                        topic: stream.topic.text, sequence: low)
                }
                if epoch > source.state.epoch {
                    note("lost", "\(epoch) is no epoch of \(stream.publisher)", topic: stream.topic.text)
                }
            case .trying(let position, let count):
                if count == 0 { wrong(position, "trying", "it counts from 1") }
            case .epoch, .forgot, .closed, .opened, .took: break
            }
        }
        return items
    }

    /// The bytes of items that tell something which this does not know, and decide nothing: of tags above that of *took*.
    private static func unknownBytes(_ knows: UnsafeRawBufferPointer) -> Int {
        var (offset, count) = (0, 0)
        while offset + 5 <= knows.count {
            let length = 5 + Int(UInt32(littleEndian: knows.loadUnaligned(fromByteOffset: offset + 1, as: UInt32.self)))
            if knows[offset] > 32 { count += length }
            offset += length
        }
        return count
    }

    private mutating func wrong(_ position: Position, _ attribute: String, _ reason: String) {
        note(attribute, reason, on: position.stream, position.sequence)
    }

    /// The record that a park or a dead letter holds is that of the event, byte for byte.
    private mutating func record(_ bytes: [UInt8], of position: Position, key: String?) {
        guard let head = bytes.withUnsafeBytes({ try? RecordHead(in: $0, at: 0) }), head.isWhole else {
            return wrong(position, "record", "what it holds is no record")
        }
        if let cause = sources[position.stream.publisher]?.cause(position.stream, position.sequence),
            sources[position.stream.publisher]?.isLost(position.stream, position.sequence, since: position.epoch)
                == false
        {
            if cause.checksum != head.checksum {
                wrong(position, "record", "it holds another event than its publisher has")
            }
            if let key, key != cause.event.orderingKey {
                wrong(position, "key", "it is '\(key)', and the event's is '\(cause.event.orderingKey)'")
            }
        }
    }
}
