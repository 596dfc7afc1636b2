internal import Choreography
internal import Testing

@Suite struct CursorTests {
    /// The ranges above the low mark that a set of heard sequences amounts to.
    private func ranges(_ heard: Set<UInt64>, above low: UInt64) -> [ClosedRange<UInt64>] {
        var result: [ClosedRange<UInt64>] = []
        for sequence in heard.sorted() where sequence > low {
            if let last = result.last, last.upperBound + 1 == sequence {
                result[result.count - 1] = last.lowerBound...sequence
            } else {
                result.append(sequence...sequence)
            }
        }
        return result
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `a cursor holds what a set holds, whatever the order of hearing`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let base = UInt64(random.below(50))
        var cursor = Cursor(epoch: 3, low: base)
        var heard = Set(0...base)
        for _ in 0..<120 {
            let first = UInt64(random.below(200)) + 1
            let last = first + UInt64(random.chance(70) ? 0 : random.below(12))
            cursor.insert(first...last)
            heard.formUnion(first...last)

            var low = base
            while heard.contains(low + 1) { low += 1 }
            #expect(cursor.low == low)
            #expect(cursor.above == ranges(heard, above: low))
            #expect(cursor.epoch == 3)
            for sequence in 0...220 as ClosedRange<UInt64> {
                guard cursor.contains(sequence) != heard.contains(sequence) else { continue }
                Issue.record("sequence \(sequence) after \(first)...\(last)")
                return
            }
        }
    }

    @Test func `what is heard in order leaves only a low mark`() {
        var cursor = Cursor()
        for sequence in 1...1000 as ClosedRange<UInt64> { cursor.insert(sequence...sequence) }
        #expect(cursor == Cursor(low: 1000))
    }

    @Test func `ranges that touch become one, and the one at the low mark joins it`() {
        var cursor = Cursor()
        cursor.insert(3...4)
        cursor.insert(8...9)
        #expect(cursor.above == [3...4, 8...9])
        cursor.insert(5...7)
        #expect(cursor.above == [3...9])
        #expect(cursor.low == 0)
        cursor.insert(1...2)
        #expect(cursor == Cursor(low: 9))
    }

    @Test func `a range that spans others takes them in`() {
        var cursor = Cursor()
        for sequence in [4, 6, 8, 20] as [UInt64] { cursor.insert(sequence...sequence) }
        cursor.insert(3...10)
        #expect(cursor.above == [3...10, 20...20])
    }

    @Test func `the highest sequences neither trap nor wrap`() {
        var cursor = Cursor(low: .max - 3)
        cursor.insert(UInt64.max...UInt64.max)
        cursor.insert(UInt64.max - 1...UInt64.max)
        #expect(cursor.above == [UInt64.max - 1...UInt64.max])
        cursor.insert(UInt64.max - 2...UInt64.max - 2)
        #expect(cursor.low == .max)
        cursor.insert(UInt64.max...UInt64.max)
        cursor.insert(1...1)
        #expect(cursor.low == .max && cursor.above.isEmpty)
        #expect(cursor.contains(.max))
    }

    @Test func `hearing again what is heard changes nothing`() {
        var cursor = Cursor(low: 5)
        cursor.insert(8...9)
        let before = cursor
        cursor.insert(2...5)
        cursor.insert(8...8)
        #expect(cursor == before)
    }
}
