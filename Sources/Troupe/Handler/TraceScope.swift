internal import Envelope
package import Instrumentation

/// Makes the spans that a handler's author begins in a reaction (swift-distributed-tracing) children of the handling's
/// own, whose traceparent is ``Handling/traceparent``.
///
/// The program bootstraps `InstrumentationSystem` before `HandlerProcess.main`. Where it does not, a reaction costs nothing
/// more.
package struct TraceScope: Sendable {
    private let instrument: (any Instrument)?
    /// Whether a program looks.
    let isActive: Bool

    /// Uses what the program was bootstrapped with, unless told otherwise.
    package init(_ instrument: any Instrument = InstrumentationSystem.instrument) {
        isActive = !(instrument is NoOpInstrument)
        self.instrument = isActive ? instrument : nil
    }

    /// Runs a reaction on the calling thread with the handling's trace context.
    func run(_ handling: Handling, _ body: () throws -> Void) rethrows {
        guard let instrument else { return try body() }
        try InstrumentationContext.withValue(Self.extract(handling, instrument), operation: body)
    }

    /// Runs a reaction in the calling task with the handling's trace context.
    func run(_ handling: Handling, _ body: @Sendable () async throws -> Void) async rethrows {
        guard let instrument else { return try await body() }
        try await InstrumentationContext.withValue(Self.extract(handling, instrument), operation: body)
    }

    private static func extract(_ handling: Handling, _ instrument: some Instrument) -> InstrumentationContext {
        var result = InstrumentationContext.topLevel
        var headers = ["traceparent": handling.traceparent.description]
        headers["tracestate"] = handling.event.traceState
        instrument.extract(headers, into: &result, using: Headers())
        return result
    }

    /// Header fields of W3C Trace Context.
    private struct Headers: Extractor {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }
}
