/// A number's text, checked to be one, seen as digits times a power of ten.
struct JSONNumberParts {
    let isNegative: Bool
    /// Where the last digit that is not zero stands; nil when all are.
    let lastDigit: Int?
    /// The power of ten that the digits up to the last are multiplied with.
    let exponent: Int

    init(_ text: UnsafeBufferPointer<UInt8>) {
        isNegative = text.first == UInt8(ascii: "-")
        let end = text.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? text.count
        let dot = text[..<end].firstIndex(of: UInt8(ascii: ".")) ?? end
        lastDigit = text[..<end].lastIndex { (0x31...0x39).contains($0) }
        guard let lastDigit else {
            exponent = 0
            return
        }
        exponent = JSONNumberParts.exponent(text[end...]) + (lastDigit < dot ? dot - lastDigit - 1 : dot - lastDigit)
    }

    /// The exponent's value, or one with the same consequences if it has very many digits.
    private static func exponent(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var value = 0
        for byte in text where value < 1 << 40 {
            let digit = byte &- 0x30
            if digit < 10 { value = value * 10 + Int(digit) }
        }
        return text.dropFirst().first == UInt8(ascii: "-") ? -value : value
    }
}
