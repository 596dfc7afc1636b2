import Testing

@testable import Envelope

@Suite struct RecordViewTests {
    @Test func aViewShowsWhatTheEventSays() throws {
        var generator = EventGenerator(seed: 21)
        for _ in 0..<500 {
            let event = try generator.event()
            try encoded(event).withUnsafeBytes { bytes in
                let view = try RecordView(bytes)
                #expect(view.sequence == event.sequence)
                #expect(view.time == event.time)
                #expect(view.bucket == event.bucket)
                #expect(view.topicBytes.elementsEqual(event.topic.text.utf8))
                #expect(view.serialBytes.elementsEqual(event.serial.text.utf8))
                #expect(view.data.elementsEqual(event.data))
                #expect(try view.flow() == event.flow)
                #expect(view.flowMatches(event.flow))
                #expect(view.topicMatches(event.topic))
                #expect(view.partitionKeyBytes.map { String(decoding: $0, as: UTF8.self) } == event.partitionKey)
                #expect(try view.event() == event)
            }
        }
    }

    @Test func aViewTellsFlowsAndTopicsApart() throws {
        try encoded(Samples.root()).withUnsafeBytes { bytes in
            let view = try RecordView(bytes)
            #expect(!view.flowMatches(FlowID(uuidBytes: (0x0190_a1b2_c3d4_7e5f, 1))))
            #expect(!view.flowMatches(try FlowID("order-7")))
            #expect(!view.topicMatches(try Topic("shop.order")))
            #expect(!view.topicMatches(try Topic("shop.order.placed.twice")))
        }
        try encoded(Samples.foreign()).withUnsafeBytes { bytes in
            let view = try RecordView(bytes)
            #expect(view.flowMatches(try FlowID("A-123")))
            #expect(!view.flowMatches(try FlowID("A-124")))
            #expect(!view.flowMatches(Samples.uuidFlow))
        }
    }
}
