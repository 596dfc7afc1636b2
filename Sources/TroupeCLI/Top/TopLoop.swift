internal import Choreography
internal import Envelope
internal import Glibc
internal import Troupe

/// Runs `top` on a terminal until a key or a signal ends it.
struct TopLoop {
    let sampler: TopSampler
    /// Between two looks, in microseconds.
    let interval: Int64
    var model: TopModel

    /// Shows, looks, waits. Throws when the home cannot be read at the first look.
    mutating func run() throws {
        model.take(try sampler.sample())
        let signals = try SignalPipe.open([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT])
        let hasKeys = isatty(STDIN_FILENO) == 1
        TopTerminal.enter()
        defer { TopTerminal.leave() }
        var next = SteadyClock.now() + min(interval, 1_000_000)
        while true {
            guard draw() else { return }
            let left = max(0, next.microseconds - SteadyClock.now().microseconds)
            var waits = [
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
                pollfd(fd: hasKeys ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
            ]
            poll(&waits, 2, Int32((left + 999) / 1000))
            if waits[0].revents != 0, !obey(SignalPipe.take(signals)) { return }
            // A terminal that is gone is readable and has nothing.
            if waits[1].revents != 0 {
                let typed = TopTerminal.typed()
                if typed.isEmpty { return }
                for key in TopKey.read(typed) where !model.press(key) { return }
            }
            if SteadyClock.now() >= next {
                do { model.take(try sampler.sample()) } catch { model.fail("\(error)") }
                next = SteadyClock.now() + interval
            }
        }
    }

    private mutating func draw() -> Bool {
        let (width, height) = TopTerminal.size()
        let screen = TopScreen(width: width, height: height, style: Console.style)
        model.page = screen.page
        return TopTerminal.show(screen.lines(model))
    }

    /// Returns whether to go on.
    private func obey(_ signals: [Int32]) -> Bool {
        for number in signals {
            switch number {
            case SIGWINCH: continue
            case SIGTSTP:
                TopTerminal.leave()
                raise(SIGSTOP)
                TopTerminal.enter()
            case SIGCONT: TopTerminal.enter()
            default: return false
            }
        }
        return true
    }
}
