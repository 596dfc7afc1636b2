internal import Choreography
internal import Testing

@Suite("F17: requests of others, in turns") struct RequestQueueTests {
    private typealias Queue = RequestQueue<Int>
    private static let flooder: Queue.Peer = [1]
    private static let honest: Queue.Peer = [2]

    /// Carries out and answers so many requests. Returns whose they were, and which.
    private func carryOut(_ most: Int, _ queue: inout Queue) -> [String] {
        var done: [String] = []
        while done.count < most, let (peer, request) = queue.next() {
            done.append("\(peer[0]):\(request)")
            queue.answered(peer, takesAnswers: true)
        }
        return done
    }

    @Test func `F17: who asks once is next but one, however much another asks for`() {
        var queue = Queue()
        for number in 1...300 { queue.add(number, of: Self.flooder) }
        queue.add(1, of: Self.honest)
        #expect(queue.count == 5)
        #expect(carryOut(.max, &queue) == ["1:297", "2:1", "1:298", "1:299", "1:300"])
        #expect(queue.count == 0)
        #expect(carryOut(1, &queue) == [])
    }

    @Test func `F17: everybody has a turn before anybody has the next`() {
        var queue = Queue()
        for number in 1...3 { for peer in 1...200 as ClosedRange<UInt8> { queue.add(number, of: [peer]) } }
        for number in 1...3 {
            #expect(carryOut(200, &queue) == (1...200).map { "\($0):\(number)" })
        }
    }

    @Test func `F17: requests come while others are carried out, and two are in hand, each of another peer`() {
        var queue = Queue()
        for number in 1...3 { queue.add(number, of: Self.flooder) }
        let first = queue.next()
        let second = queue.next()
        #expect(first?.request == 1 && second == nil)
        for number in 4...9 { queue.add(number, of: Self.flooder) }
        queue.add(1, of: Self.honest)
        queue.add(1, of: [3])
        let third = queue.next()
        let fourth = queue.next()
        #expect(third?.peer == Self.honest && fourth == nil)
        queue.answered(Self.flooder, takesAnswers: true)
        let fifth = queue.next()
        #expect(fifth?.peer == [3])
        queue.answered(Self.honest, takesAnswers: true)
        queue.answered([3], takesAnswers: true)
        #expect(carryOut(.max, &queue) == ["1:6", "1:7", "1:8", "1:9"])
    }

    @Test func `F17: nothing more is made for a peer that takes no answers, until it asks again`() {
        var queue = Queue()
        for number in 1...4 { queue.add(number, of: Self.flooder) }
        let first = queue.next()
        #expect(first?.request == 1)
        queue.answered(Self.flooder, takesAnswers: false)
        #expect(queue.count == 0)
        #expect(carryOut(1, &queue) == [])
        queue.add(5, of: Self.flooder)
        #expect(carryOut(.max, &queue) == ["1:5"])
    }

    @Test func `F17: peers are bounded, and who was not noted may ask again`() {
        var limits = Queue.Limits()
        limits.peers = 2
        var queue = Queue(limits: limits)
        let noted = [[1], [2], [3], [1]].map { queue.add(1, of: $0) }
        #expect(noted == [true, true, false, true])
        #expect(carryOut(1, &queue) == ["1:1"])
        let isNotedStill = queue.add(1, of: [3])
        #expect(!isNotedStill)
        #expect(carryOut(1, &queue) == ["2:1"])
        let isNoted = queue.add(1, of: [3])
        #expect(isNoted)
        #expect(carryOut(.max, &queue) == ["1:1", "3:1"])
    }

    @Test func `F17: in any order of asking and answering nobody waits for more than one request of each other`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var queue = Queue()
            var inHand: [Queue.Peer] = []
            /// Since it asked and had none waiting: how often each other peer had its turn.
            var passed: [Queue.Peer: [Queue.Peer: Int]] = [:]
            for step in 0..<300 {
                let peer: Queue.Peer = [UInt8.random(in: 0..<6, using: &random)]
                switch Int.random(in: 0..<3, using: &random) {
                case 0:
                    queue.add(step, of: peer)
                    if passed[peer] == nil, !inHand.contains(peer) { passed[peer] = [:] }
                case 1:
                    guard let (turn, _) = queue.next() else { continue }
                    #expect(!inHand.contains(turn))
                    inHand.append(turn)
                    passed[turn] = nil
                    for waiter in passed.keys { passed[waiter]![turn, default: 0] += 1 }
                    #expect(passed.values.allSatisfy { $0.values.allSatisfy { $0 <= 1 } })
                default:
                    guard let index = inHand.indices.randomElement(using: &random) else { continue }
                    queue.answered(inHand.remove(at: index), takesAnswers: true)
                }
                #expect(inHand.count <= 2 && queue.count <= 24)
            }
        }
    }
}
