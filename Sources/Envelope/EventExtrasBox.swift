/// An immutable box around what few events carry; a change makes a new one.
final class EventExtrasBox: Hashable, Sendable {
    let value: EventExtras

    init(_ value: EventExtras) {
        self.value = value
    }

    static func == (left: EventExtrasBox, right: EventExtrasBox) -> Bool {
        left === right || left.value == right.value
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(value)
    }
}
