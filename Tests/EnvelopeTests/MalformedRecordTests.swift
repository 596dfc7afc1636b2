import Testing

@testable import Envelope

/// Records built by hand, with a good length and checksum, and one fault each.
@Suite struct MalformedRecordTests {
    /// A record of flow `f`, topic `t`, serial `1/a.1`, with attributes as given.
    private func record(
        _ attributes: [[UInt8]] = [], version: UInt8 = 1, flags: UInt8 = 1, bucket: UInt8? = nil, count: UInt8? = nil,
        flow: String = "f", topic: String = "t", serial: String = "1/a.1", time: Int64 = 0
    ) throws -> [UInt8] {
        let key = Array(flow.utf8).withUnsafeBytes { Event.bucket(ofKey: $0) }
        var bytes: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, version, flags, bucket ?? key, count ?? UInt8(attributes.count)]
        bytes.appendLittleEndian(time)
        bytes.appendLittleEndian(0 as UInt64)
        bytes += [UInt8(flow.utf8.count)] + Array(flow.utf8)
        bytes += [UInt8(topic.utf8.count)] + Array(topic.utf8)
        bytes.appendLittleEndian(UInt16(serial.utf8.count))
        bytes += Array(serial.utf8) + attributes.flatMap { $0 }
        return sealed(bytes)
    }

    private func short(_ key: UInt8, _ value: [UInt8]) -> [UInt8] {
        [key, UInt8(value.count & 255), UInt8(value.count >> 8)] + value
    }

    private func short(_ key: UInt8, _ value: String) -> [UInt8] { short(key, Array(value.utf8)) }

    private func long(_ key: UInt8, _ value: [UInt8]) -> [UInt8] {
        var bytes = [key]
        bytes.appendLittleEndian(UInt32(value.count))
        return bytes + value
    }

    private func refused(
        _ code: EnvelopeError.Code, _ fragment: String, _ record: [UInt8],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectError(code, fragment, sourceLocation: sourceLocation) { _ = try EventRecord.decode(record) }
    }

    @Test func theHandBuiltRecordIsGoodWithoutAFault() throws {
        let event = try EventRecord.decode(try record())
        #expect(
            event
                == Event(
                    topic: try Topic("t"), flow: try FlowID("f"), serial: try Serial("1/a.1"),
                    time: .init(microseconds: 0)))
        let subject = try EventRecord.decode(try record([short(4, "s")]))
        #expect(subject.subject == "s")
    }

    @Test func headersAreChecked() throws {
        refused(.badVersion, "version 2", try record(version: 2))
        refused(.badHeader, "flags 3", try record(flags: 3))
        refused(.badHeader, "flags 129", try record(flags: 129))
        refused(.badHeader, "bucket", try record(bucket: 0x7B))
        refused(.truncated, "attributes", try record(count: 1))
        refused(.badTimestamp, "time", try record(time: .max))
        refused(.badHeader, "follow the record", try record() + [0])
        refused(.badHeader, "cannot have", [255, 255, 255, 255] + [UInt8](repeating: 0, count: 60))
        refused(.badHeader, "cannot have", [UInt8](repeating: 0, count: 60))
        var damaged = try record()
        damaged[4] ^= 1
        refused(.badChecksum, "damaged", damaged)
    }

    @Test func namesAreChecked() throws {
        refused(.badTopic, "is no topic", try record(topic: "T"))
        refused(.badTopic, "is no topic", try record(topic: ""))
        refused(.badFlowID, "is no flow id", try record(flow: "a/b"))
        refused(.badFlowID, "is no flow id", try record(flow: ""))
        refused(.badFlowID, "is a UUID", try record(flow: "0190A1B2-c3d4-7e5f-8a1b-2c3d4e5f6071"))
        refused(.badSerial, "is no serial", try record(serial: "2/a.1"))
        refused(.badSerial, "is no serial", try record(topic: "tt", serial: ""))
    }

    @Test func attributesAreChecked() throws {
        refused(.badAttribute, "ascend", try record([short(5, "u:x"), short(4, "s")]))
        refused(.badAttribute, "ascend", try record([short(4, "s"), short(4, "s")]))
        refused(.badAttribute, "no meaning", try record([short(0x0C, "s")]))
        refused(.badAttribute, "no meaning", try record([long(0xFF, [1])]))
        refused(.badAttribute, "ascend", try record([short(0, "s")]))
        refused(.badAttribute, "is empty", try record([short(4, "")]))
        refused(.truncated, "attributes", try record([[4, 5, 0, 1]]))
        refused(.truncated, "attributes", try record([[0x81, 255, 255, 255, 255]]))
        refused(.badAttribute, "UTF-8", try record([short(4, [0xFF])]))
        refused(.badAttribute, "UTF-8", try record([short(4, [0xED, 0xA0, 0x80])]))
        refused(.badAttribute, "subject", try record([short(4, "\n")]))
        refused(.badAttribute, "source, which is derived", try record([short(5, "troupe:a")]))
        refused(.badAttribute, "source", try record([short(5, "a b")]))
        refused(.badAttribute, "foreign id", try record([short(5, "u:x"), short(6, "x")]))
        refused(.badAttribute, "foreign id", try record([short(6, "x")], serial: "1"))
        refused(.badAttribute, "foreign id", try record([short(5, "u:x"), short(6, "f/1")], serial: "1"))
        refused(.badAttribute, "datacontenttype, which is", try record([short(7, "application/json")]))
        refused(.badAttribute, "must have 25", try record([short(1, [UInt8](repeating: 1, count: 24))]))
        refused(.badTraceparent, "zeros", try record([short(1, [UInt8](repeating: 0, count: 25))]))
        refused(.badAttribute, "must have 8", try record([short(10, [1, 2, 3])]))
        refused(.badTimestamp, "notbefore", try record([short(11, [UInt8](repeating: 0x7F, count: 8))]))
    }

    @Test func causesAreChecked() throws {
        func causes(_ bytes: [UInt8], serial: String = "1/a.1") throws -> [UInt8] {
            try record([long(0x80, bytes)], serial: serial)
        }
        let child: [UInt8] = [0, 5, 0] + Array("1/b.1".utf8)
        #expect(try EventRecord.decode(causes(child)).causes.map(\.description) == ["f/1", "f/1/b.1"])
        refused(.badCauses, "sorted", try causes(child + child))
        refused(.badCauses, "sorted", try causes([2, 1] + Array("a".utf8) + [1, 0] + Array("1".utf8)))
        refused(.badAttribute, "kind 3", try causes([3] + child.dropFirst()))
        refused(.badSerial, "is no serial", try causes([0, 1, 0] + Array("x".utf8)))
        refused(.truncated, "causes", try causes([0, 9, 0] + Array("1".utf8)))
        refused(.truncated, "causes", try causes([1, 9, 0]))
        refused(.badFlowID, "is no flow id", try causes([2, 1, 0x20, 1, 0, 0x31]))
        refused(.badAttribute, "own flow", try causes([2, 1] + Array("f".utf8) + child.dropFirst()))
        refused(.badCauses, "least cause", try causes([0, 1, 0, 0x31], serial: "1"))
        let many = (1...16).flatMap { index -> [UInt8] in
            let serial = Array("1/b.\(index)".utf8)
            return [0, UInt8(serial.count), 0] + serial
        }
        refused(.tooManyCauses, "16", try causes(many))
    }

    @Test func contextsAndExtensionsAreChecked() throws {
        func context(_ bytes: [UInt8]) throws -> [UInt8] { try record([long(0x81, bytes)]) }
        func extensions(_ bytes: [UInt8]) throws -> [UInt8] { try record([long(0x82, bytes)]) }
        #expect(try EventRecord.decode(context([1, 0x6B, 1, 0, 0x76])).context == ["k": "v"])
        refused(.badContext, "ascend", try context([1, 0x6B, 0, 0, 1, 0x6B, 0, 0]))
        refused(.badContext, "ascend", try context([0, 0, 0]))
        refused(.badContext, "is no context key", try context([1, 0x20, 0, 0]))
        refused(.truncated, "context", try context([1, 0x6B, 9, 0]))
        refused(.badAttribute, "UTF-8", try context([1, 0x6B, 1, 0, 0xC0]))
        let large = [1, 0x6B, 0x00, 0x20] + [UInt8](repeating: 0x78, count: 8192)
        refused(.contextTooLarge, "8192", try context(large))
        #expect(try EventRecord.decode(extensions([1, 0x6B, 2, 1])).extensions == ["k": .boolean(true)])
        refused(.badAttribute, "ascend", try extensions([1, 0x6B, 2, 1, 1, 0x6A, 2, 1]))
        refused(.badAttribute, "0 or 1", try extensions([1, 0x6B, 2, 2]))
        refused(.badAttribute, "type 3", try extensions([1, 0x6B, 3]))
        refused(.truncated, "extensions", try extensions([1, 0x6B, 1, 0, 0]))
        refused(.badAttribute, "extension attribute", try extensions([1, 0x4B, 2, 1]))
        refused(.badAttribute, "extension attribute", try extensions([2, 0x69, 0x64, 2, 1]))
        refused(.badAttribute, "k is", try extensions([1, 0x6B, 0, 0, 0]))
    }
}
