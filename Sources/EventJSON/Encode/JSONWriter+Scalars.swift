internal import Envelope

extension JSONWriter {
    func writeNull() { write(raw: "null" as StaticString) }

    func write(_ value: Bool) { write(raw: (value ? "true" : "false") as StaticString) }

    private func write(raw text: StaticString) {
        state.pointee.text.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Writes text that is JSON already.
    func write(raw text: String) {
        var text = text
        text.withUTF8 { state.pointee.text.append(contentsOf: $0) }
    }

    /// Writes a string with its quotes; Envelope knows what is to be escaped.
    func write(_ value: String) {
        var value = value
        value.withUTF8 { text in
            guard let start = text.baseAddress, ByteWords.isWritable(start, text.count) else {
                return writeEscaped(text)
            }
            state.pointee.text.reserve(text.count + 2)
            append("\"")
            state.pointee.text.append(contentsOf: text)
            append("\"")
        }
    }

    private func writeEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var escaped: [UInt8] = []
        JSONText.writeString(UnsafeRawBufferPointer(text), into: &escaped)
        escaped.withUnsafeBufferPointer { state.pointee.text.append(contentsOf: $0) }
    }

    @inline(__always)
    func write<I: FixedWidthInteger>(integer value: I) {
        guard let magnitude = UInt64(exactly: value.magnitude) else {
            return write(raw: String(value))
        }
        write(magnitude: magnitude, isNegative: value < 0)
    }

    private func write(magnitude: UInt64, isNegative: Bool) {
        state.pointee.text.reserve(21)
        if isNegative { append("-") }
        var count = 1
        var bound: UInt64 = 10
        while count < 20, magnitude >= bound {
            count += 1
            bound = bound &* 10
        }
        let start = state.pointee.text.base + state.pointee.text.count
        var rest = magnitude
        for position in (0..<count).reversed() {
            start[position] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
            rest /= 10
        }
        state.pointee.text.count += count
    }

    func write(_ value: Double) throws {
        if !writeShort(value) { try write(floatingPoint: value) }
    }

    func write(_ value: Float) throws { try write(floatingPoint: value) }

    /// Writes a value of at most four places, such as a price. Returns false, having written nothing, for others.
    ///
    /// A decimal of at most 15 digits that reads back as the value is the shortest, with the fewest places tried first.
    private func writeShort(_ value: Double) -> Bool {
        let magnitude = value.magnitude
        guard magnitude < 1e9, magnitude >= 1e-3 else { return false }
        var power = 1.0
        var places = 0
        while (magnitude * power).rounded() / power != magnitude {
            guard places < 4 else { return false }
            power *= 10
            places += 1
        }
        let scaled = UInt64((magnitude * power).rounded())
        let whole = UInt64(power)
        write(magnitude: scaled / whole, isNegative: value < 0)
        guard places > 0 else { return true }
        // The leading one keeps the zeros of the fraction, and makes room for the point.
        let point = state.pointee.text.count
        write(magnitude: scaled % whole + whole, isNegative: false)
        state.pointee.text.base[point] = UInt8(ascii: ".")
        return true
    }

    /// The shortest digits that read back as the same value; without a fraction if that is zero.
    private func write<F: BinaryFloatingPoint & CustomStringConvertible>(floatingPoint value: F) throws {
        guard value.isFinite else { throw error("\(value) has no form in JSON; encode an optional or a string", value) }
        let text = value.description
        write(raw: text.utf8.suffix(2).elementsEqual(".0".utf8) ? String(text.dropLast(2)) : text)
    }
}
