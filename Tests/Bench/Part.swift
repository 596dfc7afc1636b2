internal import Glibc
internal import Troupe

/// A handler whose reaction reads the stamp of an event, and passes its bytes on.
struct Part: Handler {
    var name = "part"
    let hears: String
    let says: [String]
    let tally: EntryTally
    let samples: Samples?
    let gate: String?

    var reactions: some Reactions {
        OnBytes(hears) { bytes, handling in
            var stamp = Stamp(bytes)
            let began = stamp.number == 0 || samples != nil || !says.isEmpty ? Nanoseconds.now() : 0
            if stamp.number == 0 {
                Report.line("warm", ["at": began, "hop": began - stamp.published])
            } else {
                tally.reacted(number: stamp.number, total: stamp.total)
                samples?.add(began - stamp.emitted)
                if stamp.number == 1000, let gate { while access(gate, F_OK) != 0 { usleep(10_000) } }
            }
            guard !says.isEmpty else { return }
            stamp.emitted = began
            let event = handling.event
            var data = event.data
            stamp.write(to: &data)
            for topic in says { try handling.emit(topic: topic, data: data, contentType: event.dataContentType) }
        }
        .declaring(says)
    }
}

extension OnBytes {
    /// ``emits(topics:)`` for a list.
    fileprivate func declaring(_ topics: [String]) -> Self {
        topics.reduce(self) { $0.emits(topics: $1) }
    }
}
