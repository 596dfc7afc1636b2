internal import Choreography
internal import Envelope
internal import Journal

extension PeerCheck {
    /// Checks the said records of an entry: as those who hear them decode them, and as what the entry handled makes them.
    mutating func said(_ entry: EntryView, handled: Handled) {
        var offset = 0
        var nexts = state.nextSequence
        var indexes: [String: Int] = [:]
        while offset < entry.said.count {
            let rest = UnsafeRawBufferPointer(rebasing: entry.said[offset...])
            guard let length = try? EventRecord.length(at: rest), length <= rest.count else {
                return note("length", "the record at byte \(offset) of 'said' goes beyond the section")
            }
            let bytes = UnsafeRawBufferPointer(rebasing: rest[..<length])
            offset += length
            events += 1
            let head = try? RecordHead(in: bytes, at: 0)
            let topic = head.map { String(decoding: $0.topicBytes, as: UTF8.self) }
            let event: Event
            do throws(EnvelopeError) { event = try EventRecord.decode(bytes) } catch {
                note(
                    EntryProblem.attribute(in: error) ?? "record", error.message, topic: topic, sequence: head?.sequence
                )
                // Its sequence counts all the same.
                if let head, let name = try? head.topic() { nexts[name] = head.sequence &+ 1 }
                continue
            }
            let due = nexts[event.topic] ?? 1
            if event.sequence != due { wrong(event, "sequence", "\(due) is due") }
            nexts[event.topic] = max(due, event.sequence &+ 1)
            if let declaration, !declaration.emits.contains(event.topic.text) {
                wrong(event, "topic", "it is not among what the directory record declares")
            }
            if !identities.insert("\(event.flow)/\(event.serial)").inserted {
                wrong(event, "id", "\(event.flow)/\(event.serial) was said before")
            }
            if event.serial.depth > 0 { effect(event, handled, &indexes) }
        }
    }

    private mutating func wrong(_ event: Event, _ attribute: String, _ reason: String) {
        note(attribute, reason, topic: event.topic.text, sequence: event.sequence)
    }

    /// An effect is named by its cause, stands in the entry that handles it, and carries on what the cause came with.
    private mutating func effect(_ event: Event, _ handled: Handled, _ indexes: inout [String: Int]) {
        guard let cut = event.serial.text.lastIndex(of: "/"), let dot = event.serial.text.lastIndex(of: ".") else {
            return
        }
        let (parent, step) = (event.serial.text[..<cut], event.serial.text[event.serial.text.index(after: cut)..<dot])
        let index = Int(event.serial.text[event.serial.text.index(after: dot)...]) ?? 0
        if step != publisher.handler.text { wrong(event, "serial", "its last step is of '\(step)', who is another") }
        let id = "\(event.flow)/\(parent)"
        indexes[id, default: 0] += 1
        if index != indexes[id] {
            wrong(event, "serial", "its index is \(index), and of this cause \(indexes[id] ?? 1) is due")
            indexes[id] = index
        }
        guard let cause = handled.causes[id]?.event else {
            if !handled.hasUnknown { wrong(event, "serial", "the entry does not handle its cause, \(id)") }
            return
        }
        let due = cause.traceparent == nil ? nil : Traceparent.handling(cause, by: publisher.handler.text)
        if event.traceparent != due {
            wrong(event, "traceparent", "it should be \(due.map { "\($0)" } ?? "absent, as its cause's is")")
        }
        if event.traceState != cause.traceState { wrong(event, "tracestate", "it is not that of its cause") }
        for key in cause.context.keys.sorted() where event.context[key] == nil {
            wrong(event, "context", "'\(key)' of its cause is missing")
        }
    }
}
