import Testing

@testable import Envelope

@Suite struct FrameTests {
    private func header(count: UInt32) throws -> FrameHeader {
        FrameHeader(
            topic: try Topic("shop.order.placed"), publisher: "payment.0", epoch: 0x1122_3344_5566_7788,
            firstSequence: 41, count: count)
    }

    private func records(of frame: [UInt8]) throws -> [Event] {
        try frame.withUnsafeBytes { bytes in
            let (header, range) = try Frame.decode(bytes)
            var events: [Event] = []
            try Frame.forEachRecord(in: bytes, range: range, count: header.count) { record in
                events.append(try EventRecord.decode(record))
            }
            return events
        }
    }

    @Test func aFrameComesBackWithItsHeaderAndRecords() throws {
        let events = [try Samples.root(), try Samples.root(data: "{}"), try Samples.root(data: "")]
        let header = try header(count: 3)
        let frame = Frame.encode(header, records: events.flatMap { encoded($0) })
        #expect(frame.starts(with: Array("shop.order.placed\0".utf8)))
        #expect(try frame.withUnsafeBytes { try Frame.decode($0).header } == header)
        #expect(try records(of: frame) == events)
        #expect(try records(of: Frame.encode(self.header(count: 0), records: [])).isEmpty)
    }

    @Test func everyCutFrameIsRefused() throws {
        let frame = Frame.encode(try header(count: 1), records: encoded(try Samples.root()))
        for end in 0..<frame.count {
            do {
                _ = try records(of: Array(frame[..<end]))
                Issue.record("Accepted \(end) of \(frame.count) bytes.")
            } catch let error as EnvelopeError {
                #expect([.badFrame, .truncated].contains(error.code), "\(error)")
            }
        }
    }

    @Test func theCountMustBeThatOfTheRecords() throws {
        let record = encoded(try Samples.root())
        expectError(.badFrame, "announces 2") {
            _ = try records(of: Frame.encode(try header(count: 2), records: record))
        }
        expectError(.badFrame, "follow") {
            _ = try records(of: Frame.encode(try header(count: 1), records: record + record))
        }
        expectError(.badFrame, "announces 4294967295") {
            _ = try records(of: Frame.encode(try header(count: .max), records: record))
        }
    }

    @Test func headersAreChecked() throws {
        let good = Frame.encode(try header(count: 0), records: [])
        var frame = good
        frame[18] = 2
        expectError(.badVersion, "version 2") { _ = try records(of: frame) }
        frame = good
        frame[0] = 0x41
        expectError(.badTopic) { _ = try records(of: frame) }
        expectError(.badTopic) { _ = try records(of: Array(good[17...])) }
        expectError(.badFrame, "No topic") { _ = try records(of: [UInt8](repeating: 0x61, count: 300)) }
        for publisher in ["payment", "payment.", "payment.00", "payment.x", ".0", "Payment.0", "payment.123456", ""] {
            var header = try header(count: 0)
            header.publisher = publisher
            expectError(.badFrame, "is no publisher") { _ = try records(of: Frame.encode(header, records: [])) }
        }
    }

    @Test func anErrorOfTheBodyIsPassedOn() throws {
        struct Stop: Error {}
        let record = encoded(try Samples.root())
        #expect(throws: Stop.self) {
            try record.withUnsafeBytes { bytes in
                try Frame.forEachRecord(in: bytes, range: 0..<bytes.count, count: 1) { _ in throw Stop() }
            }
        }
        expectError(.truncated) {
            try record.withUnsafeBytes { bytes in
                try Frame.forEachRecord(in: bytes, range: 0..<(bytes.count + 1), count: 1) { _ in }
            }
        }
    }
}
