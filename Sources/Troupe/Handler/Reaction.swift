package import Envelope

/// What a handler does on one topic, with its types erased.
public struct Reaction: Sendable {
    package enum Body: Sendable {
        case synchronous(@Sendable (Event, Handling) throws -> Void)
        /// Takes the data as it lies in the record; the event is decoded only if the reaction asks its handling for it.
        case bytes(@Sendable (Span<UInt8>, Handling) throws -> Void)
        case asynchronous(@Sendable (Event, Handling) async throws -> Void)
    }

    /// The topic that it consumes, as its author wrote it.
    package let topic: String
    /// The topics that it may emit on, as its author wrote them.
    package var emits: [String]
    /// The types of what it consumes and emits, where it has any: for their shapes.
    package var consumed: (any EventPayload.Type)?
    package var emitted: [any EventPayload.Type] = []
    package let body: Body
}
