internal import Envelope

extension JSONWriter {
    /// At the end of an object: refuses names that stand twice, and sorts the members if they are to be.
    func settleMembers() throws {
        let level = state.pointee.level
        let members = UnsafeBufferPointer(
            start: state.pointee.names.base + level.firstName, count: state.pointee.names.count - level.firstName)
        state.pointee.names.count = level.firstName
        guard members.count > 1 else { return }
        if !level.isSorted, members.count <= 16 {
            try refuseRepeated(members)
            return
        }
        let order = members.indices.sorted { isOrdered(members[$0], members[$1]) }
        for (left, right) in zip(order, order.dropFirst()) where areEqual(members[left], members[right]) {
            throw repeated(members[left])
        }
        guard level.isSorted, !order.elementsEqual(members.indices) else { return }
        var sorted: [UInt8] = []
        sorted.reserveCapacity(text.count - level.start)
        for index in order {
            let end = index + 1 < members.count ? members[index + 1].start - 1 : text.count
            if !sorted.isEmpty { sorted.append(UInt8(ascii: ",")) }
            sorted += text[members[index].start..<end]
        }
        replace(from: level.start + 1, with: sorted)
    }

    /// Names are compared only where they share a bit.
    private func refuseRepeated(_ members: UnsafeBufferPointer<JSONNameRange>) throws {
        var seen: UInt64 = 0
        for (index, name) in members.enumerated() {
            let bit = ByteWords.bit(state.pointee.text.base + name.start, name.count)
            if seen & bit != 0, members[..<index].contains(where: { areEqual($0, name) }) { throw repeated(name) }
            seen |= bit
        }
    }

    private func areEqual(_ left: JSONNameRange, _ right: JSONNameRange) -> Bool {
        let start = state.pointee.text.base
        return left.count == right.count
            && ByteWords.areEqual(start + left.start, start + right.start, left.count)
    }

    /// By the bytes between the quotes.
    private func isOrdered(_ left: JSONNameRange, _ right: JSONNameRange) -> Bool {
        text[left.range].dropLast().lexicographicallyPrecedes(text[right.range].dropLast())
    }

    private func repeated(_ name: JSONNameRange) -> EncodingError {
        error("encoded the member \(String(decoding: text[name.range], as: UTF8.self)) twice", ())
    }
}
