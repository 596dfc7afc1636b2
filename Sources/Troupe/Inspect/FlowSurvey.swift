internal import Choreography
package import Envelope
internal import Journal

/// Finds flows that nobody knows the id of: by topic, by when they began, by how long they took, by their dead letters.
///
/// Reads every journal of the home twice: who said what, then who heard it when.
package struct FlowSurvey {
    /// A flow that was found.
    package struct Found: Sendable, Hashable {
        package let flow: FlowID
        package var began: Timestamp
        /// The last that is known of it.
        package var ended: Timestamp

        /// Microseconds.
        package var duration: Int64 { ended.microseconds - began.microseconds }
    }

    private struct Flow {
        var found: Found
        var hasRoot = false
        var hasTopic = false
    }

    /// Which flow each event of a stream belongs to, by sequence.
    private struct Members {
        var first: UInt64
        var flows: [UInt32]
    }

    private let topic: Topic?
    private let since: Timestamp?
    private var flows: [Flow] = []
    private var indexes: [FlowID: UInt32] = [:]
    private var members: [StreamID: Members] = [:]
    private static let none = UInt32.max

    /// Flows of `home` that have an event on `topic` and began at or after `since`, if these are given; in no order.
    ///
    /// What cannot be read is told to `note`.
    package static func find(
        in home: Home, topic: Topic?, since: Timestamp?, note: (Unreadable) -> Void = { _ in }
    ) throws -> [Found] {
        var survey = FlowSurvey(topic: topic, since: since)
        let first = try JournalTail(home: home)
        try first.poll { publisher, entry in
            survey.note(said: entry, of: publisher) { first.report($0, of: publisher) }
        }
        let second = try JournalTail(home: home)
        try second.poll { publisher, entry in survey.note(heard: entry) { second.report($0, of: publisher) } }
        for row in first.unreadable + second.unreadable { note(row) }
        return survey.flows.filter { ($0.hasTopic || topic == nil) && ($0.hasRoot || since == nil) }.map(\.found)
    }

    /// Flows of which a handler holds a dead letter that it gave up on at or after `since`.
    package static func failed(
        in home: Home, since: Timestamp?, note: (Unreadable) -> Void = { _ in }
    ) throws -> Set<FlowID> {
        let found = DeadLetterOffice(home: home).look()
        for row in found.unreadable { note(row) }
        return Set(found.letters.filter { $0.letter.time >= since ?? $0.letter.time }.compactMap(\.flow))
    }

    private init(topic: Topic?, since: Timestamp?) {
        self.topic = topic
        self.since = since
    }

    private mutating func note(
        said entry: EngineEntry, of publisher: PublisherID, _ problem: (EntryProblem) -> Void
    ) {
        if let since, entry.time < since { return }
        var last: (topic: Topic, stream: StreamID)?
        entry.forEachReadable(problem: problem) { view throws(EnvelopeError) in
            if last.map({ !view.topicMatches($0.topic) }) ?? true {
                let topic = try Topic(String(decoding: view.topicBytes, as: UTF8.self))
                last = (topic, StreamID(publisher, topic))
            }
            let index = index(of: try view.flow(), at: view.time)
            let isRoot = view.serialBytes.elementsEqual(Serial.root.text.utf8)
            flows[index].hasRoot = flows[index].hasRoot || isRoot
            flows[index].hasTopic = flows[index].hasTopic || last!.topic == topic
            flows[index].found.began = min(flows[index].found.began, view.time)
            flows[index].found.ended = max(flows[index].found.ended, view.time)
            add(UInt32(index), view.sequence, to: last!.stream)
        }
    }

    private mutating func index(of flow: FlowID, at time: Timestamp) -> Int {
        if let known = indexes[flow] { return Int(known) }
        indexes[flow] = UInt32(flows.count)
        flows.append(Flow(found: Found(flow: flow, began: time, ended: time)))
        return flows.count - 1
    }

    private mutating func add(_ index: UInt32, _ sequence: UInt64, to stream: StreamID) {
        var known = members.removeValue(forKey: stream) ?? Members(first: sequence, flows: [])
        // A new epoch may skip sequences, never many: what a publisher lost above the last that it kept.
        while known.first + UInt64(known.flows.count) < sequence, known.flows.count < 1 << 31 {
            known.flows.append(Self.none)
        }
        let place = Int(clamping: sequence - min(sequence, known.first))
        if place < known.flows.count { known.flows[place] = index } else { known.flows.append(index) }
        members[stream] = known
    }

    private mutating func note(heard entry: EngineEntry, _ problem: (EntryProblem) -> Void) {
        if let since, entry.time < since { return }
        for run in entry.readableHeard(problem: problem) { note(run.stream, run.range, at: entry.time) }
        for item in entry.readableKnows(problem: problem) {
            if case .unpark(let done) = item { note(done.stream, done.sequence...done.sequence, at: entry.time) }
        }
    }

    private mutating func note(_ stream: StreamID, _ range: ClosedRange<UInt64>, at time: Timestamp) {
        guard let known = members[stream], !known.flows.isEmpty else { return }
        let last = known.first + UInt64(known.flows.count) - 1
        guard range.upperBound >= known.first, range.lowerBound <= last else { return }
        for sequence in max(range.lowerBound, known.first)...min(range.upperBound, last) {
            let index = known.flows[Int(sequence - known.first)]
            if index != Self.none { flows[Int(index)].found.ended = max(flows[Int(index)].found.ended, time) }
        }
    }
}
