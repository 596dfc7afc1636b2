import Testing

@testable import Envelope

@Suite struct TraceparentTests {
    @Test func traceparentsAreReadAndWritten() throws {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let trace = try Traceparent(text)
        #expect(trace.description == text)
        #expect(trace.traceIDHigh == 0x4bf9_2f35_77b3_4da6)
        #expect(trace.traceIDLow == 0xa3ce_929d_0e0e_4736)
        #expect(trace.spanID == 0x00f0_67aa_0ba9_02b7)
        #expect(trace.isSampled)
    }

    /// The numbers are another program's.
    @Test func theHandlingOfAnEventHasASpanOfItsOwn() throws {
        var event = try Event(
            topic: Topic("a"), flow: FlowID("01a1fbfb-0ddb-7f2b-b8e1-8598860227c8"), serial: Serial("1/order.1"),
            time: Timestamp(microseconds: 0))
        let derived = Traceparent.handling(event, by: "payment")
        #expect(derived.description == "00-01a1fbfb0ddb7f2bb8e18598860227c8-0275ee8ec21692ad-01")
        event.traceparent = try Traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")
        let carried = Traceparent.handling(event, by: "payment")
        #expect(carried.description == "00-4bf92f3577b34da6a3ce929d0e0e4736-0275ee8ec21692ad-00")
        let named = try Event(topic: Topic("a"), flow: FlowID("order-7"), time: Timestamp(microseconds: 0))
        #expect(
            Traceparent.handling(named, by: "payment").description
                == "00-0d62349ca74ff78d7f7bf7441d3b8e3b-ea5f17f94f07eb81-01")
    }

    @Test func laterVersionsGiveWhatIsKnown() throws {
        let written = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        for text in [
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff-what-comes",
        ] {
            #expect(try Traceparent(text).description == written)
        }
    }

    @Test(arguments: [
        "", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ])
    func whatIsNoTraceparentIsRefused(text: String) {
        expectError(.badTraceparent) { _ = try Traceparent(text) }
    }
}
