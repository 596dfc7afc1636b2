internal import EventJSON
internal import Testing

struct DepthTests {
    private final class Node: Codable {
        var next: Node?
        init(_ next: Node?) { self.next = next }

        static func chain(_ depth: Int) -> Node { (1..<depth).reduce(Node(nil)) { node, _ in Node(node) } }
        var depth: Int { 1 + (next?.depth ?? 0) }
    }

    @Test func `values nest to the limit, and no deeper`() throws {
        let deep = try text(Node.chain(512))
        #expect(try decoded(Node.self, deep).depth == 512)
        let error = #expect(throws: EventJSONError.self) { try text(Node.chain(513)) }
        #expect(error?.code == .tooLarge)
        expectRefused(
            Node.self, #"{"next":"# + deep + "}", .tooLarge,
            "Line 1, column 4097: expected at most 512 levels of nesting, found '{'.")
        #expect(throws: EventJSONError.self) { try decoded([Int].self, String(repeating: "[", count: 1_000_000)) }
    }

    @Test func `the limit can be set`() throws {
        var decoder = EventJSONDecoder()
        decoder.maxDepth = 2
        #expect(try decoder.decode([[Int]].self, from: Array("[[1]]".utf8)) == [[1]])
        #expect(throws: EventJSONError.self) { try decoder.decode([[[Int]]].self, from: Array("[[[]]]".utf8)) }
        var encoder = EventJSONEncoder()
        encoder.maxDepth = 2
        #expect(throws: EventJSONError.self) { try encoder.encode([[[1]]]) }
    }
}
