internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Troupe

/// Shows a flow's trace whenever it changes, until the flow is settled.
struct TraceFollower {
    let home: Home
    let flow: FlowID
    let timeout: TimeSpan?

    /// Throws exit status 1 when the flow settled with dead letters, 2 when the time was up before. On a terminal each
    /// drawing takes the place of the one before, where it is a drawing of several lines.
    func run(isExact: Bool, lines: (FlowTrace) throws -> [String]) throws {
        let deadline = Deadline(after: timeout)
        Console.endWithReader()
        let reader = FlowReader(home: home)
        let tail = try JournalTail(home: home)
        _ = try tail.begin()
        var shown: FlowTrace?
        var height = 0
        while true {
            // Beginning before reading: what is appended meanwhile is found by the next turn.
            try tail.poll { _, _ in }
            let trace = try reader.trace(flow)
            if let trace, trace != shown {
                let lines = try lines(trace)
                // Over the drawing before, or a line below it.
                let begin = height < 2 ? "" : Console.isColored ? "\u{1B}[\(height)A\u{1B}[J" : "\n"
                for (index, line) in lines.enumerated() {
                    let text = isExact ? line : Printable.line(line, keepsStyle: Console.isColored)
                    Console.exact(index == 0 ? begin + text : text)
                }
                shown = trace
                height = lines.count
            }
            if let trace, trace.isSettled {
                try Console.end(trace.unreadable)
                if trace.failures > 0 { throw ExitCode(1) }
                return
            }
            if deadline.isOver {
                Console.error("troupe: not settled within \(timeout!)")
                throw ExitCode(2)
            }
            tail.wait(until: deadline)
        }
    }
}
