import Testing

@testable import Envelope

@Suite struct NameTests {
    @Test(arguments: ["a", "shop.order.placed", "0.1-2.z-", String(repeating: "a", count: 200)])
    func topicsWithinTheGrammarAreRead(text: String) throws {
        #expect(try Topic(text).text == text)
    }

    @Test(arguments: [
        "", ".a", "a.", "a..b", "-a", "a.-b", "A", "a_b", "a b", "ü", "a\u{0}", String(repeating: "a", count: 201),
    ])
    func topicsOutsideTheGrammarAreRefused(text: String) {
        expectError(.badTopic, "is no topic") { _ = try Topic(text) }
    }

    @Test(arguments: ["a", "payment", "stock-2", "a" + String(repeating: "-", count: 62)])
    func handlerNamesWithinTheGrammarAreRead(text: String) throws {
        #expect(try HandlerName(text).text == text)
    }

    @Test(arguments: ["", "-a", "1a", "A", "a.b", "a_b", String(repeating: "a", count: 64)])
    func handlerNamesOutsideTheGrammarAreRefused(text: String) {
        expectError(.badHandlerName, "is no handler's name") { _ = try HandlerName(text) }
    }

    @Test func uuidFlowsAreHeldAsBytesAndWrittenInLowerCase() throws {
        let flow = try FlowID("0190A1B2-C3D4-7E5F-8A1B-2C3D4E5F6071")
        #expect(flow == Samples.uuidFlow)
        #expect(flow.text == "0190a1b2-c3d4-7e5f-8a1b-2c3d4e5f6071")
        #expect(flow.withTextBytes { String(decoding: $0, as: UTF8.self) } == flow.text)
    }

    @Test func callersOwnNamesAreFlows() throws {
        for text in ["f", "Order.7_a:b-c", "0190a1b2-c3d4-7e5f-8a1b-2c3d4e5f607x", String(repeating: "n", count: 128)] {
            let flow = try FlowID(text)
            #expect(flow.text == text)
            #expect(flow.uuidBytes == nil)
        }
    }

    @Test(arguments: ["", "a/b", "a b", "ü", String(repeating: "n", count: 129)])
    func flowsOutsideTheGrammarAreRefused(text: String) {
        expectError(.badFlowID, "is no flow id") { _ = try FlowID(text) }
    }

    @Test func flowsOrderByTheirText() throws {
        var random = SeededGenerator(seed: 1)
        var flows = (0..<200).map { _ in FlowID(uuidBytes: (random.next(), random.next())) }
        for name in ["a", "0", "F", "8", "-", "f0190a1b"] { flows.append(try FlowID(name)) }
        let byText = flows.sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
        #expect(flows.sorted() == byText)
    }

    @Test func generatedFlowsAreVersion7AndSortByTime() {
        var random = SeededGenerator(seed: 2)
        let base = Samples.time.microseconds
        let flows = (0..<50).map { FlowID.generate(microseconds: base + Int64($0) * 300, using: &random) }
        #expect(flows == flows.sorted())
        for flow in flows {
            let text = Array(flow.text)
            #expect(text[14] == "7")
            #expect("89ab".contains(text[19]))
            #expect(
                UInt64(flow.text.replacing("-", with: "").prefix(12), radix: 16) == flow.uuidBytes.map { $0.0 >> 16 })
        }
        #expect(flows[0].uuidBytes.map { $0.0 >> 16 } == UInt64(base / 1000))
        #expect(FlowID.generate(microseconds: .min, using: &random).text.hasPrefix("00000000-0000-7000-"))
        _ = FlowID.generate(microseconds: .max, using: &random)
    }

    @Test func serialsKnowTheirPath() throws {
        let serial = Serial.root.child(handler: try HandlerName("payment"), index: 1)
            .child(handler: try HandlerName("delivery-b"), index: 12)
        #expect(serial.text == "1/payment.1/delivery-b.12")
        #expect(try Serial(serial.text) == serial)
        #expect(serial.parent?.text == "1/payment.1")
        #expect(serial.parent?.parent == .root)
        #expect(Serial.root.parent == nil)
        #expect(serial.handler == "delivery-b")
        #expect(serial.emissionIndex == 12)
        #expect(Serial.root.handler == nil)
        #expect(Serial.root.emissionIndex == nil)
        #expect(serial.depth == 3)
        #expect(Serial.root.depth == 1)
        #expect(serial.components.map(\.description) == ["payment.1", "delivery-b.12"])
        #expect(Serial.root.components.isEmpty)
    }

    @Test(arguments: [
        "", "2", "1/", "/1", "1//a.1", "1/a", "1/a.", "1/a.0", "1/a.01", "1/a.1/", "1/A.1", "1/a.x", "1/.1", "1/a.1.2",
        "1/a.2147483648", "1/a.99999999999", "1a.1", "1/\(String(repeating: "a", count: 64)).1",
        "1" + String(repeating: "/a.1", count: 1024),
    ])
    func serialsOutsideTheGrammarAreRefused(text: String) {
        expectError(.badSerial, "is no serial") { _ = try Serial(text) }
    }

    @Test func theLongestSerialHas4096Bytes() throws {
        let text = "1" + String(repeating: "/a.1", count: 1022) + "/aaa.10"
        #expect(text.utf8.count == 4096)
        #expect(try Serial(text).depth == 1024)
    }

    @Test func eventIDsPartAtTheFirstSlash() throws {
        let id = try EventID("order-7/1/payment.1")
        #expect(id.flow.text == "order-7")
        #expect(id.serial.text == "1/payment.1")
        #expect(id.description == "order-7/1/payment.1")
        expectError(.badEventID, "is no event id") { _ = try EventID("order-7") }
        expectError(.badSerial) { _ = try EventID("order-7/") }
        expectError(.badFlowID) { _ = try EventID("/1") }
    }

    @Test func eventIDsOrderByFlowThenSerial() throws {
        let ids = try ["a/1", "a/1/b.1", "a/1/b.10", "a/1/b.2", "a-b/1", "b/1"].map { try EventID($0) }
        #expect(ids.reversed().sorted() == ids)
    }

    @Test(arguments: [1, 9, 10, 99, 100, 1_000_000, Serial.maximumIndex])
    func `an effect's serial is its cause's, the handler and the index`(index: Int) throws {
        let handler = try HandlerName("payment")
        #expect(Serial.root.child(handler: handler, index: index).text == "1/payment.\(index)")
        let deep = Serial.root.child(handler: handler, index: 3).child(handler: handler, index: index)
        #expect(deep.text == "1/payment.3/payment.\(index)")
        #expect(throws: Never.self) { try Serial(deep.text) }
    }
}
