internal import Choreography
internal import Envelope
internal import Glibc
internal import Troupe

/// A handler's process with whatever it started: its session. They end together.
///
/// A handler's program may be a script, and a handler may start programs. A drain asks the process that was started and the
/// one that handles; what the two leave behind is asked after them, and ended five seconds later.
final class HandlerSession {
    /// Microseconds for which what a handler leaves behind may take to end.
    private static let patience: Int64 = 5_000_000

    /// The process that was started, or found to hold the slot.
    let main: WatchedProcess
    /// The session's number; nil when the session is somebody's terminal, which is not ours to end.
    private let number: Int32?
    private var end: ProcessEnd?
    /// Processes that outlived `main`.
    private var rest: [WatchedProcess] = []
    private var asked: Set<Int32> = []
    private var deadline = Timestamp(microseconds: .max)

    /// A process that `WatchedProcess.spawn` has started: it leads a session of its own.
    init(leader: WatchedProcess) {
        main = leader
        number = leader.pid
    }

    /// A process alone, whatever session it is in.
    init(alone process: WatchedProcess) {
        main = process
        number = nil
    }

    /// A process that holds a slot. `status` is what a launcher knows of the handler.
    init(holder: WatchedProcess, status: HandlerStatus?) {
        main = holder
        let session = getsid(holder.pid)
        number = session == holder.pid || Self.isKnown(session, status) ? session : nil
    }

    /// Whatever runs of a handler: whoever started it, the one that was started is `main`.
    static func of(_ name: HandlerName, home: Home) throws -> HandlerSession? {
        let folder = LauncherFolder(home: home)
        let status = folder.status(name)
        let leader = folder.startingProcess(name)
        if let holder = try SlotHolder(home: home).handle(name) {
            if let leader, getsid(holder.pid) == leader.pid { return HandlerSession(leader: leader) }
            return HandlerSession(holder: holder, status: status)
        }
        return leader.map { HandlerSession(leader: $0) } ?? status.flatMap { HandlerSession(leftBy: $0) }
    }

    /// What a handler left whose launcher and first process are gone; nil if that is nothing.
    init?(leftBy status: HandlerStatus) {
        guard let pid = status.pid, status.startTicks != nil, ProcessFacts.startTicks(pid) == nil,
            let first = Self.members(pid).first
        else { return nil }
        main = first
        number = pid
    }

    /// Whether a launcher began the session. While it has members nobody else gets its number.
    private static func isKnown(_ session: Int32, _ status: HandlerStatus?) -> Bool {
        guard session > 0, let status, status.pid == session, let ticks = status.startTicks else { return false }
        return ProcessFacts.startTicks(session).map { $0 == ticks } ?? true
    }

    /// The processes of a session but for those that merely wait to be reaped.
    private static func members(_ session: Int32) -> [WatchedProcess] {
        ProcessFacts.all().compactMap { pid in
            guard getsid(pid) == session, let process = WatchedProcess(pid: pid), getsid(pid) == session,
                ProcessFacts.startTicks(pid) != nil
            else { return nil }
            return process
        }
    }

    var pid: Int32 { main.pid }

    /// Become readable when there may be something to `reap`.
    var descriptors: [Int32] { end == nil ? [main.descriptor] : rest.map(\.descriptor) }

    /// Asks for a drain. `holder` is the process that has the slot.
    func drain(holder: Int32?) {
        ask(main)
        for process in rest { ask(process) }
        if let holder, holder != main.pid, let number, getsid(holder) == number,
            let process = WatchedProcess(pid: holder), getsid(holder) == number
        {
            ask(process)
        }
    }

    private func ask(_ process: WatchedProcess) {
        if asked.insert(process.pid).inserted { process.signal(SIGTERM) }
    }

    /// Ends all at once.
    func kill() {
        deadline = Timestamp(microseconds: .min)
        main.signal(SIGKILL)
        for process in number.map(Self.members) ?? [] { process.signal(SIGKILL) }
    }

    /// How `main` ended, once nobody of the session is left; nil until then. `now` is steady. What `main` left behind is
    /// asked to end, and made to when its time is up, unless it is the slot's `holder`, which finishes what is in hand.
    func reap(now: Timestamp, holder: () -> Int32?) -> ProcessEnd? {
        if end == nil { end = main.reap() }
        guard let end else { return nil }
        rest.removeAll(where: \.hasEnded)
        if rest.isEmpty {
            rest = number.map(Self.members) ?? []
            if rest.isEmpty { return end }
            if deadline == Timestamp(microseconds: .max) { deadline = now + Self.patience }
            for process in rest { ask(process) }
        }
        if now >= deadline {
            let holder = deadline == Timestamp(microseconds: .min) ? nil : holder()
            for process in rest where process.pid != holder { process.signal(SIGKILL) }
        }
        return nil
    }

    /// Whether `main` has ended and something that it left has not.
    var isLeaving: Bool { end != nil && !rest.isEmpty }
}
