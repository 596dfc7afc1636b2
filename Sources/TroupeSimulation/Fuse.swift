/// Lets a process end between any two of its actions, and in the middle of one on its disk.
// @unchecked: a run has one thread.
final class Fuse: @unchecked Sendable {
    private var left: Int?
    private(set) var isBurnt = false
    /// What the process was about to do.
    private(set) var place = ""

    /// A fuse of some steps; nil never burns.
    init(_ steps: Int?) { left = steps }

    /// Counts an action. Returns whether the process ends before it.
    func burns(_ place: @autoclosure () -> String) -> Bool {
        if isBurnt { return true }
        guard let now = left else { return false }
        left = now - 1
        guard now <= 0 else { return false }
        isBurnt = true
        self.place = place()
        return true
    }

    func disarm() { left = nil }

    /// A process that was told that a sync failed lives long enough to write it down: JournalFormat says what else would
    /// be, and nothing can be done about it.
    func spare(_ actions: Int) { if let now = left { left = max(now, actions) } }
}
