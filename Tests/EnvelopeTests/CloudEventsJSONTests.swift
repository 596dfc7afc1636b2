import Testing

@testable import Envelope

@Suite struct CloudEventsJSONTests {
    private func decode(_ text: String, receivedAt: Timestamp? = nil) throws -> Event {
        try CloudEventsJSON.decode(Array(text.utf8), receivedAt: receivedAt)
    }

    /// One of our events as JSON, members changed: nil takes one out.
    private func ours(_ changes: [String: String?] = [:]) -> String {
        var members: [(String, String)] = [
            ("specversion", "\"1.0\""), ("id", "\"f/1/a.1\""), ("source", "\"troupe:a\""), ("type", "\"t\""),
            ("time", "\"2031-04-05T06:07:08Z\""), ("correlationid", "\"f\""), ("serial", "\"1/a.1\""),
        ]
        for (key, value) in changes {
            members.removeAll { $0.0 == key }
            if let value { members.append((key, value)) }
        }
        return "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    @Test func everyEventComesBackFromItsJSON() throws {
        var generator = EventGenerator(seed: 41)
        for _ in 0..<3000 {
            let event = try generator.event()
            let text = CloudEventsJSON.encode(event)
            #expect(!text.utf8.contains(0x0A))
            let back = try decode(text)
            #expect(back == event)
            #expect(CloudEventsJSON.encode(back) == text)
            #expect(encoded(back) == encoded(event))
        }
    }

    @Test func aRootIsWrittenWithWhatItDerives() throws {
        var event = try Samples.root(data: " { \"order\" : 7.50 } ")
        event.sequence = 7
        #expect(
            CloudEventsJSON.encode(event)
                == #"{"specversion":"1.0","id":"0190a1b2-c3d4-7e5f-8a1b-2c3d4e5f6071/1","source":"troupe:ingress","#
                + #""type":"shop.order.placed","time":"2031-04-05T06:07:08.123456Z","#
                + #""correlationid":"0190a1b2-c3d4-7e5f-8a1b-2c3d4e5f6071","serial":"1","#
                + #""sequence":"00000000000000000007","data":{"order":7.50}}"#)
    }

    @Test("F9: duplicate names are refused in an event and in its data; kept data that has them is written as bytes")
    func duplicateNames() throws {
        expectError(.badJSON, "\"data.lines[1].sku\" repeats") {
            _ = try decode(ours(["data": #"{"lines":[{},{"sku":1,"\u0073ku":2}]}"#]))
        }
        expectError(.badJSON, "\"id\" repeats") { _ = try decode(#"{"id":"a","id":"b"}"#) }
        expectError(.badJSON, "byte order mark (U+FEFF)") { _ = try decode("\u{FEFF}" + ours()) }
        var event = try Samples.root()
        event.data = Array(#"{"a":1,"a":2}"#.utf8)
        let text = CloudEventsJSON.encode(event)
        #expect(text.contains("data_base64"))
        #expect(try decode(text).data == event.data)
    }

    @Test func dataIsWrittenByItsMediaType() throws {
        func data(_ bytes: [UInt8], _ type: String?) throws -> String {
            var event = try Samples.root()
            event.data = bytes
            event.dataContentType = type
            let text = CloudEventsJSON.encode(event)
            #expect(try decode(text).data == bytes)
            return text
        }
        #expect(try data(Array("a\nb".utf8), "text/plain").hasSuffix(#""data":"a\nb"}"#))
        #expect(try data([0xFF], "text/plain").hasSuffix(#""data_base64":"/w=="}"#))
        #expect(try data(Array("a".utf8), "text/plain; charset=iso-8859-1").hasSuffix(#""data_base64":"YQ=="}"#))
        #expect(try data(Array("a".utf8), "text/plain; Charset=\"UTF-8\"").hasSuffix(#""data":"a"}"#))
        #expect(try data([0, 1, 2], "application/octet-stream").hasSuffix(#""data_base64":"AAEC"}"#))
        #expect(try data(Array("null".utf8), nil).hasSuffix(#""data":null}"#))
        #expect(try data(Array("{".utf8), nil).hasSuffix(#""data_base64":"ew=="}"#))
        #expect(try data(Array("\"x\"".utf8), "application/x+json").hasSuffix(#""data":"x"}"#))
    }

    @Test func aForeignEventIsARoot() throws {
        let text = """
            {"specversion": "1.0", "type": "com.example.ping", "source": "/sensors/tn-1", "id": "A-123",
             "time": "2018-04-05T17:31:00+02:00", "comexampleother": 5, "subject": null, "sequence": "5",
             "datacontenttype": "text/xml", "data": "<a/>"}
            """
        let event = try decode(text)
        #expect(event.flow.text == "A-123")
        #expect(event.serial == .root)
        #expect(event.id == "A-123")
        #expect(event.foreignID == "A-123")
        #expect(event.resolvedSource == "/sensors/tn-1")
        #expect(event.time.description == "2018-04-05T15:31:00.000000Z")
        #expect(event.extensions == ["comexampleother": .integer(5)])
        #expect(event.sequence == 0)
        #expect(event.data == Array("<a/>".utf8))
        #expect(try decode(CloudEventsJSON.encode(event)) == event)
        #expect(try EventRecord.decode(encoded(event)) == event)
    }

    @Test func aForeignIDThatNamesNoFlowNeedsACorrelationID() throws {
        let start = #"{"specversion":"1.0","type":"t","source":"/s","id":"a b","time":"2031-04-05T06:07:08Z""#
        expectError(.badFlowID, "correlationid") { _ = try decode(start + "}") }
        let event = try decode(start + #","correlationid":"0190A1B2-C3D4-7E5F-8A1B-2C3D4E5F6071"}"#)
        #expect(event.flow == Samples.uuidFlow)
        #expect(event.id == "a b")
        #expect(try decode(CloudEventsJSON.encode(event)) == event)
    }

    @Test func anEventWithoutATimeNeedsTheTimeOfItsReceipt() throws {
        let text = #"{"specversion":"1.0","type":"t","source":"/s","id":"a"}"#
        expectError(.badTimestamp, "add \"time\"") { _ = try decode(text) }
        #expect(try decode(text, receivedAt: Samples.time).time == Samples.time)
    }

    @Test func oursNeedsNoCausationID() throws {
        #expect(try decode(ours()).causes.map(\.description) == ["f/1"])
        #expect(try decode(ours(["causationid": "\"f/1\""])).causes.map(\.description) == ["f/1"])
    }

    @Test func eachFaultIsRefusedWithItsReason() {
        func refused(
            _ code: EnvelopeError.Code, _ fragment: String, _ changes: [String: String?],
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            expectError(code, fragment, sourceLocation: sourceLocation) { _ = try decode(ours(changes)) }
        }
        for name in ["specversion", "id", "source", "type"] {
            refused(.badAttribute, "no \(name)", [name: nil as String?])
            refused(.badAttribute, "no \(name)", [name: "\"\""])
            refused(.badAttribute, "no \(name)", [name: "null"])
            refused(.badAttribute, "must be a string", [name: "1"])
        }
        refused(.badVersion, "1.0", ["specversion": "\"0.3\""])
        refused(.badTopic, "is no topic", ["type": "\"com.Example\""])
        refused(.badTimestamp, "is no time", ["time": "\"yesterday\""])
        refused(.badSerial, "is no serial", ["serial": "\"2\""])
        refused(.badFlowID, "is no flow id", ["correlationid": "\"a b\""])
        refused(.badAttribute, "add \"correlationid\"", ["correlationid": nil as String?])
        refused(.badEventID, "correlationid and serial say", ["id": "\"f/1/a.2\""])
        refused(
            .badEventID, "correlationid and serial say",
            ["id": "\"x\"", "serial": "\"1\"", "source": "\"troupe:ingress\""])
        refused(.badCauses, "least cause", ["causationid": "\"f/1/b.1\""])
        refused(.badCauses, "least cause", ["serial": "\"1\"", "id": "\"f/1\"", "causationid": "\"f/1\""])
        refused(.badCauses, "sorted", ["causes": "\"f/1/b.1 f/1\""])
        refused(.badCauses, "sorted", ["causes": "\"f/1 f/1\""])
        refused(.badCauses, "least cause", ["causes": "\"e/1 f/1\""])
        refused(.badEventID, "is no event id", ["causes": "\"f/1  f/1/b.1\""])
        let many = (1...17).map { "f/1/b.\($0 + 10)" }.joined(separator: " ")
        refused(.tooManyCauses, "16", ["causes": "\"\(many)\""])
        refused(.badAttribute, "20 digits", ["sequence": "\"7\""])
        refused(.badAttribute, "20 digits", ["sequence": "\"99999999999999999999\""])
        refused(.badAttribute, "must be a string", ["sequence": "7"])
        refused(.badTraceparent, "is no traceparent", ["traceparent": "\"x\""])
        refused(.badTimestamp, "is no time", ["expirytime": "\"x\""])
        refused(.badAttribute, "subject", ["subject": "\"\""])
        refused(.badAttribute, "subject", ["subject": "\"a\\u0001\""])
        refused(.badAttribute, "source", ["source": "\"a b\""])
        refused(.badAttribute, "dataschema", ["dataschema": "\"x\""])
        refused(.badAttribute, "extension attribute", ["Upper": "1"])
        refused(.badAttribute, "extension attribute", ["with_score": "1"])
        refused(.badAttribute, "extension attribute", [String(repeating: "x", count: 21): "1"])
        refused(.badAttribute, "whole number", ["x": "2147483648"])
        refused(.badAttribute, "whole number", ["x": "1.0"])
        refused(.badAttribute, "whole number", ["x": "{}"])
        refused(.badContext, "JSON object of strings", ["context": "\"[]\""])
        refused(.badContext, "JSON object of strings", ["context": "\"{\\\"a\\\":1}\""])
        refused(.badContext, "is no context key", ["context": "\"{\\\"a b\\\":\\\"\\\"}\""])
        refused(.badAttribute, "must be a string", ["context": "{\"a\":\"b\"}"])
        refused(.badAttribute, "data and data_base64", ["data": "1", "data_base64": "\"\""])
        for text in ["YQ", "YR==", "YWJ=", "Y===", "YQ==YQ==", "Y Q=", "YQ=a"] {
            refused(.badAttribute, "RFC 4648", ["data_base64": "\"\(text)\""])
        }
        refused(.badAttribute, "data is no string", ["datacontenttype": "\"text/plain\"", "data": "{}"])
        refused(.badJSON, "expected a value", ["data": "}"])
    }

    @Test func whatIsNoObjectIsRefused() {
        for text in ["", "[]", "1", "{", "{}x", "{\"id\":\"a\",\"id\":\"b\"}"] {
            expectError(.badJSON) { _ = try decode(text) }
        }
    }

    @Test func whatIsAcceptedComesBackFromItsJSON() throws {
        var generator = EventGenerator(seed: 42)
        var accepted = 0
        for _ in 0..<6000 {
            var text = Array(
                CloudEventsJSON.encode(generator.random.chance(50) ? try Samples.full() : try generator.event()).utf8)
            for _ in 0..<Int.random(in: 1...2, using: &generator.random) {
                let index = Int.random(in: 0..<text.count, using: &generator.random)
                switch Int.random(in: 0..<3, using: &generator.random) {
                case 0: text[index] = UInt8.random(in: 0...255, using: &generator.random)
                case 1: text.remove(at: index)
                default: text.insert(generator.pick(Array("{}[]\",:\\0123 e.-".utf8)), at: index)
                }
            }
            if let event = try? CloudEventsJSON.decode(text) {
                accepted += 1
                #expect(try decode(CloudEventsJSON.encode(event)) == event)
                #expect(try EventRecord.decode(encoded(event)) == event)
            }
        }
        #expect(accepted > 100)
    }
}
