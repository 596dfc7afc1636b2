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
