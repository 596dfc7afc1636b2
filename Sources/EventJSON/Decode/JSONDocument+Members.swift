internal import Envelope

extension JSONDocument {
    /// Objects with more members get an index.
    private static let walkable = 16

    /// Refuses a name that stands twice in its object: which of the two counts, each reader decides otherwise.
    func checkNames(_ count: Int) throws(EventJSONError) {
        for object in 0..<count where tokens[object].length > 1 && firstByte(object) == UInt8(ascii: "{") {
            guard let name = repeatedName(of: object) else { continue }
            throw EventJSONError(
                .repeated, path: pathText(path(to: name)),
                "the name stands twice in its object; give each member once (RFC 7493 §2.3)")
        }
    }

    private func repeatedName(of object: Int) -> Int? {
        if tokens[object].length > JSONDocument.walkable { return index(object) }
        // A bit for each hash that was seen: names are compared only where two share one.
        var seen: UInt64 = 0
        var name = object + 1
        for _ in 0..<tokens[object].length {
            let content = bytes(of: name)
            let bit = content.baseAddress.map { ByteWords.bit($0, content.count) } ?? 1
            // An escaped name may equal any.
            let isEscaped = tokens[name].state & JSONToken.escaped != 0
            if isEscaped || seen & bit != 0, isRepeated(name, of: object) { return name }
            seen |= isEscaped ? .max : bit
            name = Int(tokens[name + 1].next)
        }
        return nil
    }

    /// Readies an object for look-ups.
    @inline(__always)
    func prepare(_ object: Int) {
        if tokens[object].state == 0 { tokens[object].state = UInt32(object + 1) }
    }

    private func isRepeated(_ name: Int, of object: Int) -> Bool {
        var other = object + 1
        while other != name {
            if areEqual(other, name) { return true }
            other = Int(tokens[other + 1].next)
        }
        return false
    }

    private func areEqual(_ left: Int, _ right: Int) -> Bool {
        (tokens[left].state | tokens[right].state) & JSONToken.escaped == 0
            ? areEqual(bytes(of: left), bytes(of: right))
            : string(left).utf8.elementsEqual(string(right).utf8)
    }

    @inline(__always)
    private func areEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count, let start = left.baseAddress, let other = right.baseAddress else {
            return left.count == right.count
        }
        return ByteWords.areEqual(start, other, left.count)
    }

    /// Notes the values of an object's names. Returns the first name that stands twice.
    private func index(_ object: Int) -> Int? {
        var names: [MemberName: Int] = [:]
        names.reserveCapacity(Int(tokens[object].length))
        var name = object + 1
        for _ in 0..<tokens[object].length {
            guard names.updateValue(name + 1, forKey: MemberName(text: string(name))) == nil else { return name }
            name = Int(tokens[name + 1].next)
        }
        indexes[object] = names
        return nil
    }

    /// The value of a member of a prepared object, by its name's bytes.
    ///
    /// Members are mostly asked for in the order in which they stand, so that the first look usually finds it.
    @inline(__always)
    func value(of object: Int, named text: String) -> Int? {
        var name = text
        return name.withUTF8 { find($0, in: object) }
    }

    private func find(_ name: UnsafeBufferPointer<UInt8>, in object: Int) -> Int? {
        let first = object + 1
        let end = Int(tokens[object].next)
        var candidate = Int(tokens[object].state)
        for _ in 0..<tokens[object].length {
            if candidate == end { candidate = first }
            let next = Int(tokens[candidate + 1].next)
            if matches(candidate, name) {
                tokens[object].state = UInt32(next)
                return candidate + 1
            }
            if tokens[object].length > JSONDocument.walkable {
                return lookUp(name, in: object)
            }
            candidate = next
        }
        return nil
    }

    @inline(never)
    private func lookUp(_ name: UnsafeBufferPointer<UInt8>, in object: Int) -> Int? {
        indexes[object]?[MemberName(text: String(decoding: name, as: UTF8.self))]
    }

    @inline(__always)
    private func matches(_ candidate: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        tokens[candidate].state == 0
            ? areEqual(bytes(of: candidate), name) : string(candidate).utf8.elementsEqual(name)
    }

    /// Calls `body` with the names of an object's members, in order.
    func forEachName(of object: Int, _ body: (Int) throws -> Void) rethrows {
        var name = object + 1
        for _ in 0..<tokens[object].length {
            try body(name)
            name = Int(tokens[name + 1].next)
        }
    }

    /// The names of an object.
    func names(of object: Int) -> [String] {
        var names: [String] = []
        names.reserveCapacity(Int(tokens[object].length))
        forEachName(of: object) { names.append(string($0)) }
        return names
    }
}
