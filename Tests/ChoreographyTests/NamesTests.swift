internal import Choreography
internal import Envelope
internal import Testing

@Suite struct NamesTests {
    @Test func `a publisher is a handler and a slot from 0 to 15`() throws {
        #expect(try PublisherID("payment.0") == PublisherID(handler: Sample.handler("payment"), slot: 0))
        #expect(try PublisherID("a-b.15").description == "a-b.15")
        #expect(PublisherID.ingress.text == "ingress.0")
    }

    @Test(arguments: [
        "", ".", "payment", "payment.", ".0", "payment.16", "payment.256", "payment.-1", "payment.+1", "payment.01",
        "payment.0 ", "Payment.0", "a.b.0", "payment.٣",
    ])
    func `what is no publisher is refused`(text: String) {
        #expect(throws: (any Error).self) { try PublisherID(text) }
    }

    @Test func `levels have names, and the weaker is the smaller`() {
        #expect(Durability.allCases.map { Durability($0.description) } == Durability.allCases)
        #expect(Durability("fast") == nil)
        #expect(Durability.memory < .written && .written < .synced)
    }

    @Test func `positions are ordered by stream, epoch and sequence`() {
        let ordered = [
            Sample.position(9, "a", epoch: 1), Sample.position(1, "a", epoch: 2), Sample.position(2, "a", epoch: 2),
            Sample.position(1, "b", epoch: 1),
        ]
        #expect(ordered.reversed().sorted() == ordered)
    }

    @Test func `a registration starts at the oldest event, or after the publisher's tip by then`() {
        let registration = Registration(
            handler: Sample.handler("h"),
            topics: [Sample.topic("a"): .earliest, Sample.topic("b"): .latest(tips: [Sample.publisher(): 7])])
        #expect(registration.start(on: Sample.stream("a")) == Cursor())
        #expect(registration.start(on: Sample.stream("b")) == Cursor(low: 7))
        #expect(registration.start(on: Sample.stream("b", by: "other")) == Cursor())
        #expect(registration.start(on: Sample.stream("c")) == Cursor())
    }

    @Test func `a record's bucket is that of its key`() throws {
        let record = Sample.record(Sample.event(key: "k", sequence: 1))
        #expect(record.withUnsafeBytes { RecordView.bucket(of: $0) } == Event.bucket(ofText: "k"))
        #expect([1, 2].withUnsafeBytes { RecordView.bucket(of: UnsafeRawBufferPointer(rebasing: $0[..<2])) } == 0)
    }
}
