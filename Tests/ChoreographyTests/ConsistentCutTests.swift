internal import Choreography
internal import Envelope
internal import Testing

/// A copy of several journals that grow meanwhile: whatever was looked at when, no publisher is cut before what was heard.
@Suite struct ConsistentCutTests {
    /// What happens in a small world: somebody says something, or hears the next event of another.
    private struct World {
        var random: SeededGenerator
        var journals: [PublisherID: [SlotState]] = [:]
        let publishers = ["a", "b", "c", "d"].map { Sample.publisher($0) }

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            for publisher in publishers {
                var state = SlotState()
                state.know(.epoch(1, firsts: [:]))
                journals[publisher] = [state]
            }
        }

        mutating func step() {
            let publisher = publishers[Int(random.next() % 4)]
            let other = publishers[Int(random.next() % 4)]
            var state = journals[publisher]!.last!
            let stream = StreamID(other, Sample.topic("t"))
            let heard = state.cursor(stream).low
            if other != publisher, heard < journals[other]!.last!.tip(stream.topic) {
                state.hear(HeardRun(stream, epoch: 1, range: (heard + 1)...(heard + 1), outcome: .handled))
            } else {
                state.say(stream.topic, sequence: state.tip(stream.topic) + 1)
            }
            journals[publisher]!.append(state)
        }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `no publisher is cut before what a consumer has heard, and none is moved on without need`(seed: UInt64) {
        var world = World(seed: seed)
        var places: [PublisherID: Int] = [:]
        for _ in 0..<40 { world.step() }
        for publisher in world.publishers {
            places[publisher] = world.journals[publisher]!.count - 1
            for _ in 0..<(world.random.next() % 12) { world.step() }
        }
        let ends = world.journals.mapValues(\.count)
        var cut = ConsistentCut(
            Dictionary(uniqueKeysWithValues: places.map { ($0.key, world.journals[$0.key]![$0.value]) }))
        var moves = 0
        while let need = cut.next() {
            moves += 1
            var place = places[need.publisher]!
            let entries = world.journals[need.publisher]!
            #expect(!need.isMet(by: entries[place]))
            while !need.isMet(by: entries[place]), place + 1 < entries.count { place += 1 }
            places[need.publisher] = place
            cut.moved(need, to: entries[place])
        }
        #expect(moves < 100)
        for (publisher, place) in places {
            #expect(place < ends[publisher]!)
            for (stream, cursor) in world.journals[publisher]![place].cursors {
                #expect(cursor.low <= world.journals[stream.publisher]![places[stream.publisher]!].tip(stream.topic))
            }
        }
    }

    @Test func `a journal that does not hold what was heard of it ends the search there`() {
        var consumer = SlotState()
        consumer.hear(HeardRun(Sample.stream("t", by: "a"), epoch: 1, range: 1...9, outcome: .handled))
        var publisher = SlotState()
        publisher.know(.epoch(1, firsts: [:]))
        publisher.say(Sample.topic("t"), sequence: 4)
        var cut = ConsistentCut([Sample.publisher("a"): publisher, Sample.publisher("b"): consumer])
        let need = cut.next()
        #expect(need?.tips == [Sample.topic("t"): 9])
        if let need { cut.moved(need, to: publisher) }
        #expect(cut.next() == nil)
    }
}
