import Glibc
import Testing

@testable import Envelope

@Suite struct StepNumbersTests {
    private let flow = Samples.uuidFlow

    private func id(_ text: String) throws -> EventID {
        if text == "1" || text.hasPrefix("1/") { return EventID(flow: flow, serial: try Serial(text)) }
        return try EventID(text)
    }

    @Test func numbersAreThoseOfTheGoldenVectors() throws {
        let flows = try #require(try Vectors.object("steps.json")["flows"] as? [String: [String: Any]])
        #expect(flows.count >= 15)
        for (name, vector) in flows {
            var nodes: [StepNode] = []
            var expected: [EventID: String] = [:]
            for event in try #require(vector["events"] as? [[String: Any]]) {
                let id = try id(try #require(event["serial"] as? String))
                let parent = id.serial.parent.map { EventID(flow: flow, serial: $0) }
                let causes = try (event["causes"] as? [String])?.map { try self.id($0) }
                nodes.append(StepNode(id: id, causes: causes ?? parent.map { [$0] } ?? []))
                expected[id] = try #require(event["step"] as? String)
            }
            for order in [nodes, nodes.reversed()] {
                let numbers = StepNumbers.assign(order).mapValues(\.description)
                for (id, step) in expected {
                    #expect(numbers[id] == step, "\(name): \(id.serial)")
                }
                #expect(numbers.count == nodes.count)
            }
        }
    }

    /// A random graph: most events have one cause, some join two or three, and some causes are not known.
    private func graph(_ count: Int, _ random: inout SeededGenerator) throws -> [StepNode] {
        var nodes = [StepNode(id: EventID(flow: flow, serial: .root), causes: [])]
        var taken: Set<EventID> = [nodes[0].id]
        let handlers = try ["a", "b", "b-2", "c", "d"].map { try HandlerName($0) }
        while nodes.count < count {
            var causes: Set<EventID> = []
            let recent = max(0, nodes.count - 30)
            for _ in 0..<(random.chance(25) ? Int.random(in: 2...3, using: &random) : 1) {
                causes.insert(nodes[Int.random(in: recent..<nodes.count, using: &random)].id)
            }
            if random.chance(5) { causes.insert(EventID(flow: try FlowID("z-other"), serial: .root)) }
            let sorted = causes.sorted()
            let handler = handlers[Int.random(in: 0..<5, using: &random)]
            let serial = sorted[0].serial.child(handler: handler, index: Int.random(in: 1...12, using: &random))
            let id = EventID(flow: sorted[0].flow, serial: serial)
            guard taken.insert(id).inserted else { continue }
            nodes.append(StepNode(id: id, causes: sorted))
        }
        return nodes
    }

    @Test func numbersAreUniqueAndIndependentOfTheInputsOrder() throws {
        var random = SeededGenerator(seed: 51)
        for round in 0..<300 {
            var nodes = try graph(2 + round % 60, &random)
            if round % 3 == 0 { nodes.removeAll { _ in random.chance(20) } }
            let numbers = StepNumbers.assign(nodes)
            #expect(numbers.count == nodes.count)
            #expect(Set(numbers.values).count == nodes.count)
            for _ in 0..<3 {
                nodes.shuffle(using: &random)
                for index in nodes.indices { nodes[index].causes.shuffle(using: &random) }
                #expect(StepNumbers.assign(nodes + nodes.prefix(3)) == numbers)
            }
        }
    }

    @Test func causesHaveLowerNumbersThanTheirOnlyEffects() throws {
        var random = SeededGenerator(seed: 52)
        for _ in 0..<50 {
            let nodes = try graph(60, &random)
            let numbers = StepNumbers.assign(nodes)
            for node in nodes where node.causes.count == 1 {
                if let cause = numbers[node.causes[0]], let number = numbers[node.id] { #expect(cause < number) }
            }
        }
    }

    @Test func cyclesAreNumberedAllTheSame() throws {
        func node(_ text: String, _ causes: String...) throws -> StepNode {
            StepNode(id: try id(text), causes: try causes.map { try id($0) })
        }
        let graphs: [[StepNode]] = [
            [try node("1", "1")], [try node("1", "1/a.1"), try node("1/a.1", "1")],
            [try node("1"), try node("1/a.1", "1/b.1"), try node("1/b.1", "1/a.1"), try node("1/c.1", "1/b.1", "1")],
            [
                try node("1/a.1", "1/b.1", "1/c.1"), try node("1/b.1", "1/a.1", "1/c.1"),
                try node("1/c.1", "1/a.1", "1/b.1"),
            ],
        ]
        for nodes in graphs {
            let numbers = StepNumbers.assign(nodes)
            #expect(Set(numbers.values).count == nodes.count)
            #expect(StepNumbers.assign(nodes.reversed()) == numbers)
        }
        var random = SeededGenerator(seed: 53)
        for _ in 0..<200 {
            var nodes = try graph(30, &random)
            for index in nodes.indices where random.chance(20) {
                nodes[index].causes.append(nodes[Int.random(in: 0..<nodes.count, using: &random)].id)
            }
            let numbers = StepNumbers.assign(nodes)
            #expect(Set(numbers.values).count == nodes.count)
            #expect(StepNumbers.assign(nodes.shuffled(using: &random)) == numbers)
        }
    }

    @Test func nothingIsNumberedForNothing() {
        #expect(StepNumbers.assign([]).isEmpty)
    }

    @Test(.disabled(if: getenv("TROUPE_SANITIZER") != nil, "a sanitizer is slower than this allows"))
    func tenThousandEventsAreNumberedSoon() throws {
        var nodes = [StepNode(id: EventID(flow: flow, serial: .root), causes: [])]
        let handlers = try ["a", "b"].map { try HandlerName($0) }
        // A wide fork, long chains, and a join of far branches in every second round.
        for index in 1...100 {
            var serial = Serial.root.child(handler: handlers[0], index: index)
            nodes.append(StepNode(id: EventID(flow: flow, serial: serial), causes: [nodes[0].id]))
            for _ in 0..<99 {
                let cause = EventID(flow: flow, serial: serial)
                serial = serial.child(handler: handlers[1], index: 1)
                nodes.append(StepNode(id: EventID(flow: flow, serial: serial), causes: [cause]))
            }
        }
        for index in stride(from: 100, to: 10_000, by: 200) {
            let causes = [nodes[index].id, nodes[index + 50].id].sorted()
            let serial = causes[0].serial.child(handler: handlers[0], index: 7)
            nodes.append(StepNode(id: EventID(flow: flow, serial: serial), causes: causes))
        }
        let start = ContinuousClock.now
        let numbers = StepNumbers.assign(nodes)
        #expect(Set(numbers.values).count == nodes.count)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func aStepNumberIsWrittenWithDots() {
        #expect(StepNumber(path: [2, 1, 10]).description == "2.1.10")
        let sorted = [[1], [2], [2, 1], [2, 1, 1], [2, 2], [2, 10], [3]].map { StepNumber(path: $0) }
        #expect(sorted.reversed().sorted() == sorted)
    }
}
