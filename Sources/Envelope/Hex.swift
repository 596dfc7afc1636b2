/// Hexadecimal digits.
package enum Hex {
    /// The 16 lower-case digits of a number.
    package static func text(_ number: UInt64) -> String {
        String(decoding: (0..<16).map { digit(number >> UInt64(60 - 4 * $0)) }, as: UTF8.self)
    }

    /// The lower-case digit of the low four bits.
    @inline(__always)
    static func digit(_ value: UInt64) -> UInt8 {
        let nibble = UInt8(truncatingIfNeeded: value & 15)
        return nibble < 10 ? nibble + 0x30 : nibble + 0x57
    }

    /// The eight lower-case digits of a value, the first in the highest byte, all computed at once.
    @inline(__always)
    static func digits(_ value: UInt32) -> UInt64 {
        var spread = UInt64(value)
        spread = (spread << 16 | spread) & 0x0000_FFFF_0000_FFFF
        spread = (spread << 8 | spread) & 0x00FF_00FF_00FF_00FF
        spread = (spread << 4 | spread) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = ((spread &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    /// The value of a digit in either case.
    @inline(__always)
    static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x57
        case 0x41...0x46: byte - 0x37
        default: nil
        }
    }
}
