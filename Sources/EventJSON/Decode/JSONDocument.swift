internal import Envelope

/// A checked JSON text and its tokens in order: no tree, and nothing decoded yet. Token 0 is the whole value. No object has
/// a name twice.
///
/// It has its own copy of the text, so that a decoder that outlives the call reads no freed memory.
package final class JSONDocument {
    let text: UnsafeMutablePointer<UInt8>
    let tokens: UnsafeMutablePointer<JSONToken>
    let userInfo: [CodingUserInfoKey: any Sendable]
    /// By object: the values of its names, where they are too many to walk.
    var indexes: [Int: [MemberName: Int]] = [:]

    init(
        _ source: UnsafeRawBufferPointer, maxDepth: Int, userInfo: [CodingUserInfoKey: any Sendable]
    ) throws(EventJSONError) {
        guard source.count < UInt32.max else {
            throw EventJSONError(.tooLarge, "the text has \(source.count) bytes; at most 4 GiB can be read")
        }
        text = .allocate(capacity: source.count + 8)
        UnsafeMutableRawBufferPointer(start: text, count: source.count).copyMemory(from: source)
        (text + source.count).update(repeating: 0, count: 8)
        self.userInfo = userInfo
        var tokenizer = JSONTokenizer(text, count: source.count, maxDepth: maxDepth)
        do throws(EventJSONError) {
            try tokenizer.run()
        } catch {
            // A class whose initialiser throws when all is set is deinitialised.
            tokens = tokenizer.tokens.base
            throw error
        }
        tokens = tokenizer.tokens.base
        try checkNames(tokenizer.tokens.count)
    }

    deinit {
        text.deallocate()
        tokens.deallocate()
    }

    @inline(__always)
    func firstByte(_ index: Int) -> UInt8 { text[Int(tokens[index].offset)] }

    func isNull(_ index: Int) -> Bool { firstByte(index) == UInt8(ascii: "n") }

    /// The bytes of a scalar; of a string without its quotes.
    @inline(__always)
    func bytes(of index: Int) -> UnsafeBufferPointer<UInt8> {
        let token = tokens[index]
        let start = text + Int(token.offset)
        return start.pointee == UInt8(ascii: "\"")
            ? UnsafeBufferPointer(start: start + 1, count: Int(token.length) - 2)
            : UnsafeBufferPointer(start: start, count: Int(token.length))
    }

    /// What a token that is a string or a name says.
    func string(_ index: Int) -> String {
        let content = bytes(of: index)
        if tokens[index].state & JSONToken.escaped != 0,
            let text = try? JSONText.unescaped(UnsafeRawBufferPointer(content))
        {
            return text
        }
        return String(decoding: content, as: UTF8.self)
    }
}
