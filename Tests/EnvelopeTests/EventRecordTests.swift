import Testing

@testable import Envelope

@Suite struct EventRecordTests {
    @Test func everyEventComesBackFromItsRecord() throws {
        var generator = EventGenerator(seed: 11)
        for _ in 0..<3000 {
            let event = try generator.event()
            try event.validate()
            let record = encoded(event)
            #expect(try EventRecord.decode(record) == event)
            #expect(try EventRecord.decode(([1, 2, 3] + record + [4])[3..<(3 + record.count)]) == event)
        }
    }

    @Test func recordsAreAppended() throws {
        var bytes: [UInt8] = []
        let events = [try Samples.root(), try Samples.full(), try Samples.foreign()]
        for event in events { EventRecord.encode(event, into: &bytes) }
        var position = 0
        for event in events {
            let length = try bytes.withUnsafeBytes {
                try EventRecord.length(at: UnsafeRawBufferPointer(rebasing: $0[position...]))
            }
            #expect(try EventRecord.decode(bytes[position..<(position + length)]) == event)
            position += length
        }
        #expect(position == bytes.count)
    }

    @Test func aTracedRootCostsAtMost96BytesAboveItsData() throws {
        var event = try Samples.root()
        event.traceparent = try Samples.traceparent()
        #expect(event.topic.text.utf8.count == 17)
        #expect(encoded(event).count - event.data.count == 93)
        #expect(encoded(event).count - event.data.count <= 96)
    }

    @Test func theLargestEventFitsARecord() throws {
        var event = try Samples.root()
        event.data = [UInt8](repeating: 1, count: 15 << 20)
        event.dataContentType = "application/octet-stream"
        let name = String(repeating: "h", count: 63)
        let deep = Serial(unchecked: "1" + String(repeating: "/\(name).1", count: 60) + "/" + name)
        event.flow = try FlowID(String(repeating: "n", count: 128))
        event.serial = try Serial(deep.text + ".1/aaa.1")
        var causes: [EventID] = []
        for index in 1...16 { causes.append(EventID(flow: event.flow, serial: try Serial("\(deep).\(index)"))) }
        event.causes = causes
        for index in 0..<64 { event.extensions["x\(index)"] = .string(String(repeating: "y", count: 4096)) }
        event.context = ["k": String(repeating: "x", count: 8191)]
        event.subject = String(repeating: "s", count: 4096)
        try event.validate()
        #expect(try EventRecord.decode(encoded(event)) == event)
    }

    @Test func stampingWritesTheSequenceAndKeepsTheRecordGood() throws {
        var event = try Samples.full()
        var bytes: [UInt8] = [9, 9, 9]
        EventRecord.encode(event, into: &bytes)
        EventRecord.encode(event, into: &bytes)
        let untouched = Array(bytes[(3 + (bytes.count - 3) / 2)...])
        EventRecord.stamp(sequence: 0x0102_0304_0506_0708, in: &bytes, at: 3)
        event.sequence = 0x0102_0304_0506_0708
        #expect(Array(bytes[3..<(bytes.count - untouched.count)]) == encoded(event))
        #expect(Array(bytes.suffix(untouched.count)) == untouched)
    }

    @Test func everyCutRecordIsRefused() throws {
        for event in [try Samples.root(), try Samples.full(), try Samples.foreign()] {
            let record = encoded(event)
            for end in 0..<record.count {
                expectError(.truncated) { _ = try EventRecord.decode(Array(record[..<end])) }
            }
        }
    }

    @Test func everyFieldCutAtEveryByteIsRefusedThoughTheChecksumIsGood() throws {
        for event in [try Samples.root(), try Samples.full(), try Samples.foreign()] {
            let record = encoded(event)
            let dataStart = record.count - event.data.count
            for end in 0..<dataStart {
                let cut = end < 8 ? Array(record[..<end]) : sealed(Array(record[..<end]))
                do {
                    _ = try EventRecord.decode(cut)
                    Issue.record("Accepted \(end) of \(record.count) bytes.")
                } catch {
                    #expect([.truncated, .badHeader].contains(error.code), "\(error)")
                }
            }
        }
    }

    @Test func everyFlippedBitIsRefused() throws {
        for event in [try Samples.root(), try Samples.full(), try Samples.foreign()] {
            let record = encoded(event)
            for bit in 0..<(record.count * 8) {
                var flipped = record
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                do {
                    _ = try EventRecord.decode(flipped)
                    Issue.record("Accepted with bit \(bit) flipped.")
                } catch {
                    if bit >= 32 { #expect(error.code == .badChecksum) }
                }
            }
        }
    }

    @Test func whatIsAcceptedIsTheOneRecordOfItsEvent() throws {
        var generator = EventGenerator(seed: 12)
        var accepted = 0
        for _ in 0..<8000 {
            let event = generator.random.chance(50) ? try Samples.full() : try generator.event()
            var record = encoded(event)
            for _ in 0..<Int.random(in: 1...3, using: &generator.random) {
                let index = Int.random(in: 8..<record.count, using: &generator.random)
                switch Int.random(in: 0..<4, using: &generator.random) {
                case 0: record[index] = UInt8.random(in: 0...255, using: &generator.random)
                case 1: record[index] &+= 1
                case 2: if record.count > 12 { record.remove(at: index) }
                default: record.insert(UInt8.random(in: 0...3, using: &generator.random), at: index)
                }
                if record.count < 9 { break }
            }
            record = sealed(record)
            if let decoded = try? EventRecord.decode(record) {
                accepted += 1
                #expect(encoded(decoded) == record)
            }
        }
        #expect(accepted > 50)
    }
}
