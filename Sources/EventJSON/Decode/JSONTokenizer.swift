internal import Envelope

/// Checks a text in one pass without recursion, and notes where its values lie.
///
/// What is usual is walked over here; whatever is not goes to the scanner, which knows the whole grammar.
struct JSONTokenizer {
    private var scanner: JSONScanner
    private let start: UnsafePointer<UInt8>
    private let maxDepth: Int
    private var depth = 0
    /// The container that is being read; its `next` is meanwhile the one around it.
    private var container = JSONTokenizer.none
    /// To be deallocated by whoever runs the tokenizer.
    private(set) var tokens: RawList<JSONToken>

    private static let none = UInt32.max

    /// - Parameters:
    ///   - text: `count` bytes, fewer than 4 GiB, and eight of zero behind them.
    init(_ text: UnsafePointer<UInt8>, count: Int, maxDepth: Int) {
        start = text
        scanner = JSONScanner(UnsafeRawBufferPointer(start: text, count: count))
        self.maxDepth = maxDepth
        tokens = RawList(capacity: count / 6 + 8)
    }

    mutating func run() throws(EventJSONError) {
        do throws(EnvelopeError) {
            try scanner.begin()
            var position = scanner.position
            repeat {
                while try readValue(&position) {}
            } while try isFollowed(&position)
            scanner.position = position
            try scanner.expectEnd()
        } catch {
            throw EventJSONError(depth > maxDepth ? .tooLarge : .malformed, error.message)
        }
    }

    /// Reads a value, or only its opening up to its first element or member's value. Returns whether one follows.
    @inline(__always)
    private mutating func readValue(_ position: inout Int) throws(EnvelopeError) -> Bool {
        let first = position
        switch start[position] {
        case UInt8(ascii: "\""):
            try readString(&position)
            return false
        case 0x31...0x39:
            repeat { position += 1 } while start[position] &- 0x30 < 10
            // A fraction or an exponent, which begin with a byte that follows no value.
            if start[position] == UInt8(ascii: ".") || start[position] | 0x20 == UInt8(ascii: "e") {
                position = first
                try scan(&position) { scanner throws(EnvelopeError) in try scanner.skipNumber() }
            }
        case UInt8(ascii: "-"), 0x30:
            try scan(&position) { scanner throws(EnvelopeError) in try scanner.skipNumber() }
        case UInt8(ascii: "{"): return try open(&position, closing: UInt8(ascii: "}"))
        case UInt8(ascii: "["): return try open(&position, closing: UInt8(ascii: "]"))
        case UInt8(ascii: "t"): try scan(&position) { scanner throws(EnvelopeError) in try scanner.skipWord("true") }
        case UInt8(ascii: "f"): try scan(&position) { scanner throws(EnvelopeError) in try scanner.skipWord("false") }
        case UInt8(ascii: "n"): try scan(&position) { scanner throws(EnvelopeError) in try scanner.skipWord("null") }
        default: throw failure(position, "a value")
        }
        append(first, position, state: 0)
        return false
    }

    /// Reads a string or a name; those in ASCII without escapes here.
    @inline(__always)
    private mutating func readString(_ position: inout Int) throws(EnvelopeError) {
        let first = position
        position += 1
        // The zeros behind the text end every string.
        while true {
            let special = ByteWords.special(ByteWords.word(start + position))
            position += special.trailingZeroBitCount / 8
            if special != 0 { break }
        }
        if start[position] == UInt8(ascii: "\"") {
            position += 1
            append(first, position, state: 0)
            return
        }
        position = first
        var hasEscapes = false
        try scan(&position) { scanner throws(EnvelopeError) in hasEscapes = try scanner.skipString() }
        append(first, position, state: hasEscapes ? JSONToken.escaped : 0)
    }

    @inline(__always)
    private mutating func readName(_ position: inout Int) throws(EnvelopeError) {
        guard start[position] == UInt8(ascii: "\"") else { throw failure(position, "a member's name in quotes") }
        try readString(&position)
        position = skippingSpace(position)
        guard start[position] == UInt8(ascii: ":") else { throw failure(position, "':'") }
        position = skippingSpace(position + 1)
    }

    private mutating func open(_ position: inout Int, closing: UInt8) throws(EnvelopeError) -> Bool {
        depth += 1
        guard depth <= maxDepth else { throw failure(position, "at most \(maxDepth) levels of nesting") }
        tokens.append(JSONToken(offset: UInt32(position), length: 0, next: container, state: 0))
        container = UInt32(tokens.count - 1)
        position = skippingSpace(position + 1)
        if start[position] == closing {
            position += 1
            close()
            return false
        }
        if closing == UInt8(ascii: "}") { try readName(&position) }
        return true
    }

    /// Closes what ends after a value. Returns whether another element or member's value follows.
    @inline(__always)
    private mutating func isFollowed(_ position: inout Int) throws(EnvelopeError) -> Bool {
        while container != JSONTokenizer.none {
            let index = Int(container)
            let isObject = start[Int(tokens.base[index].offset)] == UInt8(ascii: "{")
            tokens.base[index].length += 1
            position = skippingSpace(position)
            let byte = start[position]
            if byte == UInt8(ascii: ",") {
                position = skippingSpace(position + 1)
                if isObject { try readName(&position) }
                return true
            }
            guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                throw failure(position, isObject ? "',' or '}'" : "',' or ']'")
            }
            position += 1
            close()
        }
        return false
    }

    private mutating func close() {
        let index = Int(container)
        container = tokens.base[index].next
        tokens.base[index].next = UInt32(tokens.count)
        depth -= 1
    }

    @inline(__always)
    private mutating func append(_ first: Int, _ end: Int, state: UInt32) {
        tokens.append(
            JSONToken(
                offset: UInt32(truncatingIfNeeded: first), length: UInt32(truncatingIfNeeded: end - first),
                next: UInt32(truncatingIfNeeded: tokens.count + 1), state: state))
    }

    @inline(__always)
    private func skippingSpace(_ position: Int) -> Int {
        var position = position
        while start[position] <= 0x20 {
            let byte = start[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
            position += 1
        }
        return position
    }

    /// Leaves the next step to the scanner.
    private mutating func scan(
        _ position: inout Int, _ step: (inout JSONScanner) throws(EnvelopeError) -> Void
    ) throws(EnvelopeError) {
        scanner.position = position
        try step(&scanner)
        position = scanner.position
    }

    private func failure(_ position: Int, _ expected: String) -> EnvelopeError {
        var scanner = scanner
        scanner.position = position
        return scanner.failure(expected)
    }
}
