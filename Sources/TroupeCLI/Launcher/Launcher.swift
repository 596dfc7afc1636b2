internal import Choreography
internal import Envelope
internal import FoundationEssentials
internal import Glibc
internal import Journal
internal import Troupe

/// Carries out what the `Supervisor` decides: processes, clocks, files, signals. One loop on one thread.
///
/// Handlers live in sessions of their own and write to files, so that nothing of them ends with this process.
final class Launcher {
    struct Options: Sendable {
        /// Restart a handler whose program changed.
        var watchesPrograms = false
        /// Repeat what handlers write.
        var showsLogs = true
        /// The log that this process's output goes to, if it is in the background.
        var ownLog: String?
    }

    private let home: Home
    private let folder: LauncherFolder
    private let slots: SlotHolder
    private let options: Options
    /// Reads the file again for a handler, checks, and registers what is new.
    private let replan: (HandlerName) throws -> LaunchPlan
    private let watch = FolderWatch()
    private var plans: [HandlerName: LaunchPlan]
    private var supervisor: Supervisor
    private var output: LauncherOutput
    private var processes: [HandlerName: HandlerSession] = [:]
    private var meanings = LauncherSignals(hasTerminal: Launcher.hasTerminal)
    private var tails: [HandlerName: LogTail] = [:]
    private var programs: [HandlerName: ExecutableWatch] = [:]
    private var isFinished = false
    private var nextReminder = Timestamp(microseconds: .max)

    /// The launcher's lock is held by the caller, and everything is registered.
    init(
        _ plans: [LaunchPlan], home: Home, options: Options, replan: @escaping (HandlerName) throws -> LaunchPlan
    ) {
        self.home = home
        self.options = options
        self.replan = replan
        self.plans = Dictionary(uniqueKeysWithValues: plans.map { ($0.spec.name, $0) })
        folder = LauncherFolder(home: home)
        slots = SlotHolder(home: home)
        supervisor = Supervisor(plans.map(\.spec.name))
        output = LauncherOutput(plans.map(\.spec.name.text))
    }

    /// Whether there is a terminal whose end would end us.
    private static var hasTerminal: Bool {
        let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        if terminal >= 0 { close(terminal) }
        return terminal >= 0
    }

    /// Supervises until a signal has drained everything.
    func run() throws {
        let signals = try SignalPipe.open([SIGINT, SIGTERM, SIGHUP])
        signal(SIGPIPE, SIG_IGN)
        begin()
        perform(supervisor.begin())
        while !isFinished {
            let descriptors = [signals, watch.fileDescriptor] + processes.values.flatMap(\.descriptors)
            WatchedProcess.wait(for: descriptors, milliseconds: patience())
            let now = SteadyClock.now()
            let changed = Set(watch.changes().names.keys)
            showLogs()
            for signal in SignalPipe.take(signals) { obey(signal, now) }
            lookForEnds(now)
            lookForSlots(now)
            lookForWishes(now)
            lookAtPrograms(changed, now)
            perform(supervisor.tick(now: now))
            remind(now)
        }
        showLogs()
        try HomeSweep(home: home).sweep()
        output.note("every handler has stopped")
        if output.hasFailed, options.ownLog == nil { throw CommandError("the output could not be written whole") }
    }

    private func begin() {
        _ = folder.takeRestarts()
        watch.add(home.launcher)
        if options.showsLogs { watch.add(home.logs) }
        for (name, plan) in plans {
            if options.showsLogs { tails[name] = LogTail(folder.logPath(name.text)) }
            watchProgram(plan)
        }
        output.note("\(Count.text(plans.count, "handler")) in \(home.path)")
    }

    /// Milliseconds until something may have to be done that nothing wakes us for.
    private func patience() -> Int {
        if supervisor.isAnyStarting { return 20 }
        if processes.values.contains(where: \.isLeaving) { return 100 }
        if programs.values.contains(where: \.isPending) { return 100 }
        guard let due = supervisor.nextDue else { return 1000 }
        return Int(max(0, min(1000, (due.microseconds - SteadyClock.now().microseconds) / 1000 + 1)))
    }

    // MARK: actions

    private func perform(_ actions: [Supervisor.Action]) {
        for action in actions {
            switch action {
            case .start(let name): perform(start(name, SteadyClock.now()))
            case .signal(let name, .terminate): processes[name]?.drain(holder: holder(name))
            case .signal(let name, .kill): processes[name]?.kill()
            case .report(let name, let note): report(name, note)
            case .finish: isFinished = true
            }
        }
    }

    private func holder(_ name: HandlerName) -> Int32? { (try? slots.pid(name)) ?? nil }

    private func report(_ name: HandlerName, _ note: String?) {
        guard let status = supervisor.statuses[name] else { return }
        let dated = status.dated(WallClock.now(), at: SteadyClock.now())
        do { try folder.save(dated, name) } catch { output.note("the status of \(name) cannot be saved: \(error)") }
        if let note { output.note("\(name) \(note)") }
    }

    private func start(_ name: HandlerName, _ now: Timestamp) -> [Supervisor.Action] {
        guard let plan = plans[name] else { return [] }
        do {
            if let running = try slots.handle(name) { return adopt(plan, running, now) }
            let handle = try folder.startingProcess(name) ?? plan.spawn(home)
            processes[name] = HandlerSession(leader: handle)
            return supervisor.started(
                name, pid: handle.pid, startTicks: ProcessFacts.startTicks(handle.pid), now: now)
        } catch {
            return supervisor.failed(name, "\(error)", now: now)
        }
    }

    private func adopt(_ plan: LaunchPlan, _ running: WatchedProcess, _ now: Timestamp) -> [Supervisor.Action] {
        let name = plan.spec.name
        let earlier = folder.status(name)
        let session = ((try? HandlerSession.of(name, home: home)) ?? nil) ?? HandlerSession(alone: running)
        processes[name] = session
        let restarts = earlier?.pid == session.pid ? earlier?.restarts ?? 0 : 0
        var actions = supervisor.adopted(
            name, pid: session.pid, startTicks: ProcessFacts.startTicks(session.pid), restarts: restarts, now: now)
        if ProcessFacts.arguments(running.pid)?.dropFirst().elementsEqual(plan.arguments) == false {
            actions.append(
                .report(name, note: "was started otherwise than the file says; troupe restart \(name) applies the file")
            )
        }
        return actions
    }

    // MARK: what happened

    private func obey(_ signal: Int32, _ now: Timestamp) {
        switch meanings.meaning(of: signal, isDraining: supervisor.isDraining, now: SteadyClock.now()) {
        case .drain:
            output.note("draining; Ctrl-C once more, after a second, ends them at once")
            nextReminder = now + 10_000_000
            perform(supervisor.drain(now: now))
        case .kill:
            output.note("ending them at once; what they had in hand is handled at the next start")
            perform(supervisor.kill())
        case .reopen:
            guard let log = options.ownLog else { return output.note("SIGHUP: there is no log of ours to open anew") }
            do { try output.reopen(log) } catch { return output.note("SIGHUP: \(error)") }
            output.note("SIGHUP: the log is opened anew")
        case nil: break
        }
    }

    private func lookForEnds(_ now: Timestamp) {
        for (name, process) in processes.sorted(by: { $0.key < $1.key }) {
            guard let end = process.reap(now: SteadyClock.now(), holder: { holder(name) }) else { continue }
            processes[name] = nil
            showLogs(of: name, includingRest: true)
            perform(supervisor.ended(name, end, now: now))
        }
    }

    private func lookForSlots(_ now: Timestamp) {
        for (name, status) in supervisor.statuses where status.state == .starting {
            if (try? slots.isListed(name, pid: status.pid)) ?? false {
                perform(supervisor.tookSlot(name, now: now))
            } else if let pid = (try? slots.unlisted(name)) ?? nil {
                output.note("\(name): \(SlotHolder.unlistedText(name, pid))")
                perform(supervisor.tookSlot(name, now: now))
            }
        }
    }

    private func lookForWishes(_ now: Timestamp) {
        for name in folder.takeRestarts() where plans[name] != nil { restart(name, because: "asked for", now) }
    }

    private func restart(_ name: HandlerName, because reason: String, _ now: Timestamp) {
        do {
            let plan = try replan(name)
            plans[name] = plan
            watchProgram(plan)
        } catch {
            output.note("\(name) is not restarted: \(error)")
            return
        }
        perform(supervisor.restart(name, because: reason, now: now))
    }

    private func watchProgram(_ plan: LaunchPlan) {
        guard options.watchesPrograms else { return }
        programs[plan.spec.name] = ExecutableWatch(.init(plan.program))
        watch.add(plan.program.lastIndex(of: "/").map { String(plan.program[..<$0]) } ?? "/")
    }

    private func lookAtPrograms(_ changed: Set<String>, _ now: Timestamp) {
        guard !supervisor.isDraining else { return }
        for name in programs.keys.sorted() {
            guard let plan = plans[name] else { continue }
            if programs[name]!.observe(.init(plan.program), now: now) {
                restart(name, because: "its program changed", now)
            }
        }
    }

    /// Says whom a drain waits for.
    private func remind(_ now: Timestamp) {
        guard now >= nextReminder else { return }
        nextReminder = now + 10_000_000
        let names = processes.sorted { $0.key < $1.key }.map { "\($0.key) (process \($0.value.pid))" }
        output.note("still waiting for \(names.joined(separator: ", "))")
    }

    // MARK: logs

    private func showLogs() {
        guard options.showsLogs else { return }
        for name in tails.keys.sorted() { showLogs(of: name) }
    }

    private func showLogs(of name: HandlerName, includingRest: Bool = false) {
        guard tails[name] != nil else { return }
        for line in tails[name]!.lines(includingRest: includingRest) { output.line(name.text, line) }
    }
}
