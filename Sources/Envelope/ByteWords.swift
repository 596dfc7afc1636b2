/// Bytes eight at a time, inlined into the JSON coder: calls would cost it more than the work does.
package enum ByteWords {
    @inlinable @inline(__always)
    package static func word(_ start: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
    }

    @inlinable @inline(__always)
    package static func half(_ start: UnsafePointer<UInt8>) -> UInt32 {
        UInt32(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt32.self))
    }

    /// The high bit of the first byte that is no ASCII that stands in a JSON string as it is; bits behind it may be off.
    @inlinable @inline(__always)
    package static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let slashes = word ^ (ones &* 0x5C)
        return (word | (word &- ones &* 0x20) | ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes))
            & (ones &* 0x80)
    }

    /// As `special`, with DEL, which is escaped when text is written.
    @inlinable @inline(__always)
    package static func unwritable(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let deletes = word ^ (ones &* 0x7F)
        return special(word) | ((deletes &- ones) & ~deletes & (ones &* 0x80))
    }

    /// Whether text in UTF-8 stands in JSON as it is.
    @inlinable @inline(__always)
    package static func isWritable(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        if count < 8 {
            // Bytes that are not there count as letters.
            let letters: UInt64 = 0x6161_6161_6161_6161
            var word = letters
            for position in 0..<count { word = word << 8 | UInt64(start[position]) }
            return unwritable(word) == 0
        }
        var position = 0
        while position < count - 8 {
            if unwritable(word(start + position)) != 0 { return false }
            position += 8
        }
        return unwritable(word(start + count - 8)) == 0
    }

    /// All bytes of at most eight, packed so that texts of one length differ if and only if their words do.
    @inlinable @inline(__always)
    package static func short(_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        if count >= 4 { return UInt64(half(start)) << 32 | UInt64(half(start + count - 4)) }
        if count == 0 { return 0 }
        return UInt64(start[0]) << 16 | UInt64(start[count / 2]) << 8 | UInt64(start[count - 1])
    }

    @inlinable @inline(__always)
    package static func areEqual(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        if count <= 8 { return short(left, count) == short(right, count) }
        var position = 0
        while position < count - 8 {
            if word(left + position) != word(right + position) { return false }
            position += 8
        }
        return word(left + count - 8) == word(right + count - 8)
    }

    /// One of 64 bits, mostly another for another name.
    @inlinable @inline(__always)
    package static func bit(_ name: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        let sample =
            count <= 8 ? short(name, count) : word(name) ^ word(name + count - 8) &* 3
        return 1 << (((sample &+ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15) >> 58)
    }
}
