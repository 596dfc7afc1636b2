internal import Envelope

extension JSONDocument {
    /// Objects with more members get an index.
    private static let walkable = 16

    /// Readies an object for look-ups: of names that stand several times all but the first are put aside.
    func prepare(_ object: Int) {
        guard tokens[object].state == 0, tokens[object].length > 0 else { return }
        tokens[object].state = UInt32(object + 1)
        if tokens[object].length > JSONDocument.walkable { return index(object) }
        // A bit for each hash that was seen: names are compared only where two share one.
        var seen: UInt64 = 0
        forEachName(of: object) { name in
            let content = bytes(of: name)
            let bit = content.baseAddress.map { ByteWords.bit($0, content.count) } ?? 1
            // An escaped name may equal any.
            let mayRepeat = seen & bit != 0 || tokens[name].state & JSONToken.escaped != 0
            if mayRepeat, isRepeated(name, of: object) { tokens[name].state |= JSONToken.repeated }
            seen |= tokens[name].state & JSONToken.escaped != 0 ? .max : bit
        }
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

    private func index(_ object: Int) {
        var names: [MemberName: Int] = [:]
        names.reserveCapacity(Int(tokens[object].length))
        forEachName(of: object) { name in
            let key = MemberName(text: string(name))
            if names[key] == nil { names[key] = name + 1 } else { tokens[name].state |= JSONToken.repeated }
        }
        indexes[object] = names
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
        let state = tokens[candidate].state
        if state == 0 { return areEqual(bytes(of: candidate), name) }
        return state & JSONToken.repeated == 0 && string(candidate).utf8.elementsEqual(name)
    }

    /// Calls `body` with the names of an object's members, in order.
    func forEachName(of object: Int, _ body: (Int) throws -> Void) rethrows {
        var name = object + 1
        for _ in 0..<tokens[object].length {
            try body(name)
            name = Int(tokens[name + 1].next)
        }
    }

    /// The names of a prepared object, each once.
    func names(of object: Int) -> [String] {
        var names: [String] = []
        names.reserveCapacity(Int(tokens[object].length))
        forEachName(of: object) { name in
            if tokens[name].state & JSONToken.repeated == 0 { names.append(string(name)) }
        }
        return names
    }
}
