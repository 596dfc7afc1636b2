package import Envelope

/// A slot as others see it: the writer of one journal, by handler and slot number, `payment.0`.
package struct PublisherID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Highest slot number plus one.
    package static let slotLimit = 16
    /// The journal that all `troupe publish` processes of a home share.
    package static let ingress = PublisherID(handler: HandlerName.ingress, slot: 0)

    package let handler: HandlerName
    package let slot: UInt8
    package let text: String

    package init(handler: HandlerName, slot: UInt8) {
        self.handler = handler
        self.slot = slot
        text = "\(handler.text).\(slot)"
    }

    /// Parses `handler.slot`.
    package init(_ text: some StringProtocol) throws {
        guard let dot = text.lastIndex(of: "."), let slot = UInt8(text[text.index(after: dot)...]),
            slot < Self.slotLimit, "\(slot)" == text[text.index(after: dot)...]
        else {
            throw ChoreographyError(.badPublisher, "'\(text)' is not a publisher: expected handler.slot, slot 0 to 15")
        }
        try self.init(handler: HandlerName(text[..<dot]), slot: slot)
    }

    package var description: String { text }
    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }
    package static func == (a: Self, b: Self) -> Bool { a.text == b.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension HandlerName {
    /// Reserved: the emitter of roots that come from `troupe publish`.
    package static let ingress = HandlerName(unchecked: "ingress")
}
