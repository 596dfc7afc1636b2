extension JSONDocument {
    func string(_ index: Int, as type: any Any.Type) throws -> String {
        guard firstByte(index) == UInt8(ascii: "\"") else { throw mismatch(index, type, "a string") }
        return string(index)
    }

    func bool(_ index: Int) throws -> Bool {
        switch firstByte(index) {
        case UInt8(ascii: "t"): return true
        case UInt8(ascii: "f"): return false
        default: throw mismatch(index, Bool.self, "true or false")
        }
    }

    /// The bytes of a number.
    @inline(__always)
    func number(_ index: Int, as type: any Any.Type) throws -> UnsafeBufferPointer<UInt8> {
        let byte = firstByte(index)
        guard byte &- 0x30 < 10 || byte == UInt8(ascii: "-") else { throw mismatch(index, type, "a number") }
        return bytes(of: index)
    }

    @inline(__always)
    func integer<I: FixedWidthInteger>(_ index: Int, as type: I.Type) throws -> I {
        guard let value: I = JSONNumber.integer(try number(index, as: type)) else {
            throw unrepresentable(index, type)
        }
        return value
    }

    func double(_ index: Int) throws -> Double {
        guard let value = JSONNumber.double(try number(index, as: Double.self)) else {
            throw unrepresentable(index, Double.self)
        }
        return value
    }

    func float(_ index: Int) throws -> Float {
        guard let value = JSONNumber.float(try number(index, as: Float.self)) else {
            throw unrepresentable(index, Float.self)
        }
        return value
    }
}
