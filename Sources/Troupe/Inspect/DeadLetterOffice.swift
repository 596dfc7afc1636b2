package import Choreography
package import Envelope
internal import Glibc
internal import Journal
internal import ZeroMQ

/// The dead letters of a home: reads them from the journals, and has their handlers retry or drop them.
///
/// Only a journal's writer writes it: a running handler is asked by its ROUTER; the journal of one that does not run is
/// opened, under its lock, for one entry.
package struct DeadLetterOffice {
    /// A dead letter with what its record says.
    package struct Letter: Sendable {
        package let holder: PublisherID
        package let letter: DeadLetter
        /// Nil when the record is no event; ``problem`` says why.
        package let event: Event?
        package let problem: EnvelopeError?

        init(holder: PublisherID, letter: DeadLetter) {
            (self.holder, self.letter) = (holder, letter)
            do throws(EnvelopeError) {
                event = try EventRecord.decode(letter.record)
                problem = nil
            } catch {
                event = nil
                problem = error
            }
        }

        package var topic: Topic { letter.position.stream.topic }

        /// The event's flow, also of a record that is no event otherwise.
        package var flow: FlowID? {
            event?.flow ?? letter.record.withUnsafeBytes { bytes in try? RecordView(bytes).flow() }
        }

        /// What cannot be read of it, as a row.
        package var unreadable: Unreadable? { problem.map { Unreadable(letter, of: holder, $0) } }
    }

    private let home: Home

    package init(home: Home) { self.home = home }

    /// All dead letters that journals tell of, by slot and position, and what cannot be read of the journals.
    package func look() -> (letters: [Letter], unreadable: [Unreadable]) {
        let found = UnreadableList()
        var letters: [Letter] = []
        for publisher in JournalShelf(home: home).publishers() where publisher != .ingress {
            guard let look = JournalLook(publisher, home: home, note: found.add) else { continue }
            guard let state = try? look.foldToEnd().state else { continue }
            letters += state.deadLetters.values.sorted { $0.position < $1.position }
                .map { Letter(holder: publisher, letter: $0) }
        }
        return (letters, found.rows)
    }

    /// Has a slot retry or drop dead letters. Returns how many it did; those that are none any more do not count.
    package func carryOut(_ verb: DeadLetterRequest.Verb, _ positions: [Position], of slot: PublisherID) throws -> Int {
        var done = 0
        var rest = positions[...]
        var id: UInt32 = 0
        while !rest.isEmpty {
            id += 1
            let request = DeadLetterRequest(id: id, verb: verb, positions: Array(rest.prefix(1000)))
            rest = rest.dropFirst(1000)
            if let record = try DirectoryFolder(home: home).live(slot) {
                done += try ask(request, record)
            } else {
                done += try write(request, to: slot)
            }
        }
        return done
    }

    private func ask(_ request: DeadLetterRequest, _ record: DirectoryRecord) throws -> Int {
        let context = try ZeroMQ.Context()
        defer { context.terminate() }
        let socket = try Socket(context, .dealer, options: .dealer)
        defer { socket.close() }
        for endpoint in record.replay { try socket.connect(endpoint) }
        let poller = Poller()
        poller.add(socket, readable: true, writable: false)
        let deadline = Deadline(after: 10_000_000)
        var isSent = false
        while !deadline.isOver {
            if !isSent { isSent = try socket.send(request.encode()) }
            _ = try poller.wait(milliseconds: isSent ? 200 : 10)
            while let bytes = try socket.receive({ bytes, _ in Array(bytes) }) {
                let answer = try bytes.withUnsafeBytes { try RequestAnswer($0) }
                guard answer.id == request.id else { continue }
                guard answer.error.isEmpty else {
                    throw EngineError(.failed, "\(record.publisher) could not do it: \(answer.error)")
                }
                return Int(answer.changed)
            }
        }
        throw EngineError(
            .failed,
            "\(record.publisher) (process \(record.pid)) did not answer within 10 s; nothing is lost, try again")
    }

    private func write(_ request: DeadLetterRequest, to slot: PublisherID) throws -> Int {
        let boot = try EngineError.mapping { try BootID.current() }
        let log = try JournalLog(slot, home: home, boot: boot, options: JournalOptions())
        do {
            let draft = request.draft(for: log.state, now: WallClock.now())
            if !draft.isEmpty { _ = try log.append(draft, level: .synced) }
            try log.close()
            return draft.knows.reduce(0) { if case .undead = $1 { $0 + 1 } else { $0 } }
        } catch {
            try? log.close()
            throw error
        }
    }
}
