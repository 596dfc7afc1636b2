/// An event's causal path in its flow: `1/payment.1/delivery.2`.
///
/// A root is `1`. A child's serial is its cause's serial, a slash, the emitting handler's name, a dot and the emission
/// index, counted from 1 within one reaction. So identity is derived, not drawn: a re-run names its events alike.
/// At most 4,096 bytes in all; an index is at most 2,147,483,647 and has no leading zeros.
public struct Serial: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The serial's text.
    public let text: String

    /// The most bytes that a serial may have.
    public static let maximumLength = 4096

    /// The highest emission index.
    public static let maximumIndex = Int(Int32.max)

    /// The serial of every flow's first event: `1`.
    public static let root = Serial(unchecked: "1")

    /// Reads a serial.
    ///
    /// - Throws: `badSerial` when the text is outside the grammar or too long.
    public init(_ text: some StringProtocol) throws(EnvelopeError) {
        let text = String(text)
        guard text.hasBytes(Grammar.isSerial) else {
            throw EnvelopeError(
                .badSerial,
                "\(text.quotedForMessage) is no serial; use \"1\" for a root, and append \"/handler.index\" for each "
                    + "step, such as \"1/payment.1\", 4,096 bytes at most.")
        }
        self.text = text
    }

    /// A serial whose text is known to be one.
    package init(unchecked text: String) {
        self.text = text
    }

    init(bytes: UnsafeRawBufferPointer) throws(EnvelopeError) {
        guard Grammar.isSerial(bytes) else {
            throw EnvelopeError(.badSerial, "\(bytes.quotedForMessage) is no serial; its publisher must be mended.")
        }
        self.text = String(checked: bytes)
    }

    /// The serial of an effect of this event.
    ///
    /// The result may be longer than 4,096 bytes; ``Event/validate()`` refuses it then.
    ///
    /// - Parameters:
    ///   - handler: the emitting handler's name.
    ///   - index: the emission index within the reaction, from 1 to 2,147,483,647.
    public func child(handler: HandlerName, index: Int) -> Serial {
        precondition((1...Serial.maximumIndex).contains(index), "An emission index counts from 1.")
        var (path, name) = (text, handler.text)
        // An interpolation would cost a third of what an emission does.
        return path.withUTF8 { path in
            name.withUTF8 { name in
                Serial(unchecked: Serial.joined(path, name, index))
            }
        }
    }

    private static func joined(
        _ path: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>, _ index: Int
    ) -> String {
        var (digits, rest) = (1, index)
        while rest > 9 { (digits, rest) = (digits + 1, rest / 10) }
        let count = path.count + name.count + digits + 2
        return String(unsafeUninitializedCapacity: count) { buffer in
            let after = UnsafeMutableBufferPointer(rebasing: buffer[(path.count + 1)...])
            _ = buffer.update(from: path)
            buffer[path.count] = Grammar.slash
            _ = after.update(from: name)
            after[name.count] = Grammar.dot
            rest = index
            for place in stride(from: count - 1, through: count - digits, by: -1) {
                buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            return count
        }
    }

    /// The serial of the (least) cause, or nil for a root.
    public var parent: Serial? {
        guard let slash = text.utf8.lastIndex(of: Grammar.slash) else { return nil }
        return Serial(unchecked: String(text[..<slash]))
    }

    /// The name of the handler that emitted the event, or nil for a root.
    public var handler: String? {
        guard let slash = text.utf8.lastIndex(of: Grammar.slash) else { return nil }
        let last = text[text.utf8.index(after: slash)...]
        return last.utf8.firstIndex(of: Grammar.dot).map { String(last[..<$0]) }
    }

    /// The emission index within the reaction that emitted the event, from 1, or nil for a root.
    public var emissionIndex: Int? {
        guard let slash = text.utf8.lastIndex(of: Grammar.slash) else { return nil }
        let last = text[text.utf8.index(after: slash)...]
        return last.utf8.firstIndex(of: Grammar.dot).flatMap { Int(last[last.utf8.index(after: $0)...]) }
    }

    /// The number of events on the path, this one included: 1 for a root.
    public var depth: Int {
        text.utf8.reduce(1) { $1 == Grammar.slash ? $0 + 1 : $0 }
    }

    /// The steps after the root, in order; empty for a root.
    public var components: [Component] {
        text.utf8.split(separator: Grammar.slash).dropFirst().compactMap { step in
            guard let dot = step.firstIndex(of: Grammar.dot),
                let handler = String(step[..<dot]),
                let index = String(step[step.index(after: dot)...]).flatMap({ Int($0) })
            else { return nil }
            return Component(handler: handler, index: index)
        }
    }

    /// The serial's text.
    public var description: String { text }

    /// Orders serials by the bytes of their text.
    public static func < (left: Serial, right: Serial) -> Bool { left.text < right.text }
}
