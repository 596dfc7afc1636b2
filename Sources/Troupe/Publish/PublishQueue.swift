internal import DequeModule
package import Envelope

/// What calls of a ``Publisher`` wait for, and which of them share an append. Pure: it decides, `SharedAppends` acts.
///
/// A call first enters, which takes its room; without room it waits for its turn, with its batch still its own. Then it hands its
/// batch over. One append is under way at a time, until it has reached its level; what is handed over meanwhile goes into
/// the next one together, as far as it is of one topic: the first call's.
package struct PublishQueue {
    /// How much may be handed over and not be appended yet.
    package struct Limits: Sendable {
        package var calls = 4096
        package var bytes = EventBatch.byteLimit

        package init() {}
    }

    /// What comes of a call that wants to enter.
    package enum Entrance: Hashable, Sendable {
        case entered
        /// It is admitted later, by ``take()`` or ``cancel(_:)``.
        case waits
        /// Nothing may enter any more.
        case refused
    }

    /// What is to be appended at once.
    package struct Append: Hashable, Sendable {
        /// The calls that it answers, in their order.
        package var calls: [UInt64] = []
        package var roots: RootRecords
        /// Calls that have room now.
        package var admitted: [UInt64] = []
    }

    /// What comes of a call that is cancelled.
    package enum Cancellation: Hashable, Sendable {
        /// Nothing of it is or will be published; these calls have room now.
        case removed(admitted: [UInt64])
        /// It is being appended, or it is answered: its result stands.
        case tooLate
    }

    private struct Item {
        let call: UInt64
        let roots: RootRecords
    }

    private struct Waiting {
        let call: UInt64
        let bytes: Int
    }

    private let limits: Limits
    private var items: Deque<Item> = []
    private var waiting: Deque<Waiting> = []
    /// Bytes of those that have entered and are not taken yet.
    private var entered: [UInt64: Int] = [:]
    private var bytes = 0
    private var isAppending = false
    private var isClosed = false

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Whether all that ever entered is answered, and nothing can enter any more.
    package var isDrained: Bool { isClosed && entered.isEmpty && waiting.isEmpty && !isAppending }

    /// A call with a batch of so many bytes wants to enter. A batch that is larger than the bound enters alone.
    package mutating func enter(_ call: UInt64, bytes size: Int) -> Entrance {
        guard !isClosed else { return .refused }
        guard waiting.isEmpty, hasRoom(size) else {
            waiting.append(Waiting(call: call, bytes: size))
            return .waits
        }
        admit(call, size)
        return .entered
    }

    /// A call that has entered hands its batch over. Returns false if it was cancelled meanwhile.
    package mutating func submit(_ call: UInt64, _ roots: RootRecords) -> Bool {
        guard entered[call] != nil else { return false }
        items.append(Item(call: call, roots: roots))
        return true
    }

    /// The next append, if there is one to do now; then ``finish()`` is to be called when it has reached its level or failed.
    package mutating func take() -> Append? {
        guard !isAppending, let first = items.popFirst() else { return nil }
        isAppending = true
        var append = Append(roots: first.roots)
        append.calls.append(first.call)
        leave(first.call)
        var others: Deque<Item> = []
        var isFull = false
        while let item = items.popFirst() {
            // Of one topic none overtakes another.
            isFull = isFull || append.roots.bytes.count + item.roots.bytes.count > EventBatch.byteLimit
            if isFull || item.roots.topic != append.roots.topic {
                others.append(item)
            } else {
                append.roots.append(contentsOf: item.roots)
                append.calls.append(item.call)
                leave(item.call)
            }
        }
        items = others
        append.admitted = admitWaiting()
        return append
    }

    /// The append that was taken is over.
    package mutating func finish() { isAppending = false }

    /// A caller does not want its call any more.
    package mutating func cancel(_ call: UInt64) -> Cancellation {
        if let index = waiting.firstIndex(where: { $0.call == call }) {
            waiting.remove(at: index)
        } else if entered[call] != nil {
            leave(call)
            if let index = items.firstIndex(where: { $0.call == call }) { items.remove(at: index) }
        } else {
            return .tooLate
        }
        return .removed(admitted: admitWaiting())
    }

    /// Lets nothing enter any more, and forgets what is not being appended: these calls.
    package mutating func drop() -> Set<UInt64> {
        close()
        let dropped = Set(entered.keys).union(waiting.map(\.call))
        items.removeAll()
        waiting.removeAll()
        entered.removeAll()
        bytes = 0
        return dropped
    }

    /// Lets nothing enter any more; what has entered or waits goes on.
    package mutating func close() { isClosed = true }

    private func hasRoom(_ size: Int) -> Bool {
        entered.isEmpty || (entered.count < limits.calls && bytes + size <= limits.bytes)
    }

    private mutating func admit(_ call: UInt64, _ size: Int) {
        entered[call] = size
        bytes += size
    }

    private mutating func leave(_ call: UInt64) { bytes -= entered.removeValue(forKey: call) ?? 0 }

    private mutating func admitWaiting() -> [UInt64] {
        var admitted: [UInt64] = []
        while let next = waiting.first, hasRoom(next.bytes) {
            waiting.removeFirst()
            admit(next.call, next.bytes)
            admitted.append(next.call)
        }
        return admitted
    }
}
