internal import Choreography
internal import Envelope
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// Handles recorded events again: nothing is opened, published or appended.
package final class DryRun: Sendable {
    private let runner: BatchRunner
    private let time: Clock

    private final class Clock: Sendable {
        let now = Mutex(Timestamp(microseconds: 0))
    }

    /// Throws ``HandlerError`` when the handler's declaration is not valid.
    package init<H: Handler>(_ handler: H, options: RuntimeOptions) throws {
        let (_, reactions, name) = try Declaration.of(handler)
        let time = Clock()
        self.time = time
        runner = BatchRunner(handler: name, reactions: reactions, options: options) { time.now.withLock { $0 } }
    }

    /// Handles one event as if it were then.
    package func handle(_ request: DryRunRequest) async throws -> DryRunAnswer {
        let event = try CloudEventsJSON.decode(Array(request.event.utf8))
        let now = try Timestamp(request.time)
        time.now.withLock { $0 = now }
        var record: [UInt8] = []
        EventRecord.encode(event, into: &record)
        let work = Work(
            position: Position(StreamID(.ingress, event.topic), epoch: 0, sequence: event.sequence),
            record: record[...], parkedAttempts: request.attempt > 1 ? request.attempt - 1 : nil)
        let outcomes = await runner.run(Batch(lane: 0, works: [work], blocked: [])).outcomes
        switch outcomes.first {
        case .handled(let events):
            return DryRunAnswer(outcome: "handled", said: events.map { CloudEventsJSON.encode($0) })
        case .failed(let error, _, _): return DryRunAnswer(outcome: "failed", error: error)
        case .expired: return DryRunAnswer(outcome: "expired")
        case .wait, .behind, nil: return DryRunAnswer(outcome: "wait")
        }
    }

    /// Answers each line of standard input by one on standard output, until the input ends. What reactions print goes to
    /// standard error.
    func serve() async throws {
        let answers = dup(STDOUT_FILENO)
        guard answers >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
            throw HandlerError(.failed, "standard output cannot be set apart: \(String(cString: strerror(errno)))")
        }
        defer { close(answers) }
        while let line = readLine() {
            let request = try JSONDecoder().decode(DryRunRequest.self, from: Data(line.utf8))
            var bytes = try Array(JSONEncoder().encode(await handle(request))) + [10]
            while !bytes.isEmpty {
                let count = write(answers, bytes, bytes.count)
                if count < 0, errno != EINTR {
                    throw HandlerError(.failed, "the answer cannot be written: \(String(cString: strerror(errno)))")
                }
                bytes.removeFirst(max(0, count))
            }
        }
    }
}
