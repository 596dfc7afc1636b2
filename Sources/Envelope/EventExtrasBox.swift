/// An immutable box around what few events carry; a change makes a new one.
final class EventExtrasBox: Hashable, Sendable {
    let value: EventExtras
    /// The attributes as they stand in a record, and their number, where that was made once for many events. Only where
    /// nothing of it depends on the event: without source, causes and extensions.
    let encoded: (bytes: [UInt8], count: UInt8)?

    init(_ value: EventExtras) {
        self.value = value
        encoded = nil
    }

    /// - Precondition: `encoded` is what ``RecordWriter`` writes of the value.
    init(_ value: EventExtras, encoded: (bytes: [UInt8], count: UInt8)) {
        self.value = value
        self.encoded = encoded
    }

    static func == (left: EventExtrasBox, right: EventExtrasBox) -> Bool {
        left === right || left.value == right.value
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(value)
    }
}
