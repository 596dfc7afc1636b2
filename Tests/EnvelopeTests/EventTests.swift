import Testing

@testable import Envelope

@Suite struct EventTests {
    @Test func aRootDerivesItsIdentity() throws {
        let event = try Samples.root()
        #expect(event.id == "0190a1b2-c3d4-7e5f-8a1b-2c3d4e5f6071/1")
        #expect(event.resolvedSource == "troupe:ingress")
        #expect(event.correlationID == "0190a1b2-c3d4-7e5f-8a1b-2c3d4e5f6071")
        #expect(event.causes.isEmpty)
        #expect(event.causationID == nil)
        #expect(event.orderingKey == event.correlationID)
        #expect(event.isJSON)
        try event.validate()
    }

    @Test func aChildDerivesItsCauseAndSource() throws {
        var event = try Samples.root()
        event.serial = try Serial("1/payment.1/delivery.2")
        #expect(event.causes == [EventID(flow: event.flow, serial: try Serial("1/payment.1"))])
        #expect(event.causationID == "\(event.flow)/1/payment.1")
        #expect(event.resolvedSource == "troupe:delivery")
        try event.validate()
    }

    @Test func whatIsDerivedIsNotKept() throws {
        var event = try Samples.root()
        event.serial = try Serial("1/payment.1")
        let plain = event
        event.source = "troupe:payment"
        event.dataContentType = "application/json"
        event.foreignID = event.eventID.description
        event.causes = [EventID(flow: event.flow, serial: .root)]
        #expect(event == plain)
        #expect(event.hashValue == plain.hashValue)
        event.subject = "s"
        #expect(event != plain)
        event.subject = nil
        #expect(event == plain)
    }

    @Test func causesAreSortedAndStandOnce() throws {
        let event = try Samples.full()
        #expect(event.causes.map(\.description) == ["order-7/1/payment.1", "order-7/1/stock.1", "other:flow/1/a.10"])
        var again = event
        again.causes = event.causes.reversed() + event.causes
        #expect(again == event)
    }

    @Test func theBucketIsTheKeysChecksum() throws {
        var event = try Samples.root()
        event.partitionKey = "123456789"
        #expect(event.bucket == 0x83)
        event.partitionKey = nil
        let text = Array(event.flow.text.utf8)
        #expect(event.bucket == text.withUnsafeBytes { UInt8(truncatingIfNeeded: CRC32C.checksum($0)) })
    }

    @Test(
        arguments: [
            (nil, true), ("application/json; charset=utf-8", true), ("Application/JSON", true), ("text/json", true),
            ("application/vnd.a+json ;x=y", true), ("application/jsonx", false), ("text/plain", false),
            ("a/json-seq", false),
        ] as [(String?, Bool)])
    func jsonIsToldByTheMediaType(type: String?, isJSON: Bool) throws {
        var event = try Samples.root()
        event.dataContentType = type
        #expect(event.isJSON == isJSON)
    }

    @Test func eachLimitIsRefusedWithItsReason() throws {
        func refused(_ code: EnvelopeError.Code, _ fragment: String, _ change: (inout Event) throws -> Void) throws {
            var event = try Samples.full()
            try event.validate()
            try change(&event)
            expectError(code, fragment) { try event.validate() }
        }
        try refused(.badTopic, "is no topic") { $0.topic = Topic(unchecked: "A") }
        try refused(.badSerial, "4,096") { $0.serial = Serial(unchecked: String(repeating: "x", count: 5000)) }
        try refused(.badTimestamp, "time") { $0.time = Timestamp(microseconds: .max) }
        try refused(.badTimestamp, "expirytime") { $0.expiryTime = Timestamp(microseconds: .max) }
        try refused(.badTimestamp, "notbefore") { $0.notBefore = Timestamp(microseconds: .min) }
        try refused(.dataTooLarge, "dataref") { $0.data = [UInt8](repeating: 0, count: (15 << 20) + 1) }
        try refused(.contextTooLarge, "8192") { $0.context = ["k": String(repeating: "x", count: 8192)] }
        try refused(.badContext, "is no context key") { $0.context = ["a b": ""] }
        try refused(.badAttribute, "source") { $0.source = "no spaces" }
        try refused(.badAttribute, "source") { $0.source = "%2" }
        try refused(.badAttribute, "subject") { $0.subject = "" }
        try refused(.badAttribute, "subject") { $0.subject = "a\u{7F}" }
        try refused(.badAttribute, "subject") { $0.subject = String(repeating: "s", count: 4097) }
        try refused(.badAttribute, "datacontenttype") { $0.dataContentType = "text" }
        try refused(.badAttribute, "dataschema") { $0.dataSchema = "relative/path" }
        try refused(.badAttribute, "partitionkey") { $0.partitionKey = "\n" }
        try refused(.badAttribute, "tracestate") {
            $0.traceState = String(decoding: [0xEF, 0xBF, 0xBF], as: UTF8.self)
        }
        try refused(.badAttribute, "dataref") { $0.dataRef = "ü" }
        try refused(.badAttribute, "foreign id") { $0.foreignID = "x" }
        try refused(.badAttribute, "extension attribute") { $0.extensions["Big"] = .boolean(true) }
        try refused(.badAttribute, "extension attribute") { $0.extensions["type"] = .boolean(true) }
        try refused(.badAttribute, "shade") { $0.extensions["shade"] = .string("") }
        try refused(.badAttribute, "at most 64") { event in
            for index in 0..<65 { event.extensions["x\(index)"] = .integer(1) }
        }
        try refused(.badCauses, "least cause") { $0.serial = .root }
        try refused(.badCauses, "least cause") { $0.causes.append(try EventID("a/1")) }
        try refused(.tooManyCauses, "at most 16") { event in
            for index in 1...16 { event.causes.append(try EventID("order-7/1/z.\(index)")) }
        }
    }
}
