public import Troupe

/// Where a choreography under test runs.
public struct Venue: Sendable {
    enum Kind: Sendable {
        case memory
        case processes(choreography: String)
    }

    let kind: Kind

    /// In this process, in virtual time: retries and timers take no time, every run is the same.
    public static let memory = Venue(kind: .memory)

    /// As real processes: each handler is the executable `CHOREOGRAPHY-NAME` that was built beside the tests, with a
    /// home of its own.
    public static func processes(_ choreography: String) -> Venue {
        Venue(kind: .processes(choreography: choreography))
    }
}

/// Runs `body` with handlers that hear each other, and ends them afterwards.
///
/// ```swift
/// try await withChoreography(.memory, Order(), Payment()) { stage in
///     let flow = try await stage.publish(OrderPlaced(orderID: "A-1", total: 1980))
///     try await flow.settled().expect(steps: "1 shop.order.placed", "2 shop.order.accepted")
/// }
/// ```
///
/// - Parameters:
///   - venue: `.memory`, or `.processes("shop")` for the same test against real processes.
///   - settings: by handler name, what real processes get as `--set`; handlers in memory got theirs when they were made.
///   - handlers: their names differ.
/// - Throws: what `body` throws; ``HandlerError`` when a handler is not valid or its process does not start.
public func withChoreography<R: Sendable>(
    _ venue: Venue = .memory, _ handlers: any Handler..., settings: [String: Settings] = [:],
    options: RuntimeOptions = RuntimeOptions(), body: (Stage) async throws -> R
) async throws -> R {
    switch venue.kind {
    case .memory: return try await body(Stage(MemoryActors(handlers, options: options)))
    case .processes(let choreography):
        return try await ProcessActors.run(
            choreography: choreography, handlers: handlers.map(\.name), settings: settings, body)
    }
}
