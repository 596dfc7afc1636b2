/// Numbers from text that was checked to be a JSON number: exact, or nearest where the type is binary floating point.
enum JSONNumber {
    /// The integer, nil when it has a fraction or does not fit. `1.0` and `1e2` are integers.
    @inline(__always)
    static func integer<I: FixedWidthInteger>(_ text: UnsafeBufferPointer<UInt8>) -> I? {
        let isNegative = text[0] == UInt8(ascii: "-")
        var position = isNegative ? 1 : 0
        guard text.count - position <= 18 else { return exactInteger(text) }
        var magnitude: UInt64 = 0
        while position < text.count {
            let digit = text[position] &- 0x30
            guard digit < 10 else { return exactInteger(text) }
            magnitude = magnitude &* 10 &+ UInt64(digit)
            position += 1
        }
        return I(exactly: isNegative ? -Int64(magnitude) : Int64(magnitude))
    }

    /// As `integer`, for any number of digits, a fraction and an exponent.
    @inline(never)
    private static func exactInteger<I: FixedWidthInteger>(_ text: UnsafeBufferPointer<UInt8>) -> I? {
        let parts = JSONNumberParts(text)
        guard let last = parts.lastDigit else { return 0 }
        guard parts.exponent >= 0 else { return nil }
        var value: I = 0
        for position in 0...last {
            let digit = text[position] &- 0x30
            guard digit < 10 else { continue }
            guard let next = appending(digit, to: value, isNegative: parts.isNegative) else { return nil }
            value = next
        }
        // Ends soon whatever the exponent is: the value is not zero, and at last does not fit.
        for _ in 0..<parts.exponent {
            guard let next = appending(0, to: value, isNegative: parts.isNegative) else { return nil }
            value = next
        }
        return value
    }

    private static func appending<I: FixedWidthInteger>(_ digit: UInt8, to value: I, isNegative: Bool) -> I? {
        let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
        let (sum, isOver) =
            isNegative
            ? product.subtractingReportingOverflow(I(digit)) : product.addingReportingOverflow(I(digit))
        return isTooLarge || isOver ? nil : sum
    }

    /// The nearest double; nil when that is infinite, or zero for a number that is not zero.
    static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        if let (digits, exponent) = short(text), digits <= 1 << 53, abs(exponent) <= 22 {
            // Digits and power are exact, so that one operation rounds once (Clinger, PLDI 1990).
            let power = JSONNumber.powers[abs(exponent)]
            let value = exponent < 0 ? Double(digits) / power : Double(digits) * power
            return text[0] == UInt8(ascii: "-") ? -value : value
        }
        return checked(Double(String(decoding: text, as: UTF8.self)), text)
    }

    /// The nearest float, rounded once; nil as for `double`.
    static func float(_ text: UnsafeBufferPointer<UInt8>) -> Float? {
        checked(Float(String(decoding: text, as: UTF8.self)), text)
    }

    private static func checked<F: BinaryFloatingPoint>(_ value: F?, _ text: UnsafeBufferPointer<UInt8>) -> F? {
        guard let value, value.isFinite, value != 0 || JSONNumberParts(text).lastDigit == nil else { return nil }
        return value
    }

    /// The digits of a number and their power of ten; nil for one with an exponent or over 18 digits.
    private static func short(_ text: UnsafeBufferPointer<UInt8>) -> (digits: UInt64, exponent: Int)? {
        guard text.count <= 18 else { return nil }
        var digits: UInt64 = 0
        var dot = text.count - 1
        for position in (text[0] == UInt8(ascii: "-") ? 1 : 0)..<text.count {
            let digit = text[position] &- 0x30
            if digit < 10 {
                digits = digits &* 10 &+ UInt64(digit)
            } else if text[position] == UInt8(ascii: ".") {
                dot = position
            } else {
                return nil
            }
        }
        return (digits, dot - text.count + 1)
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
