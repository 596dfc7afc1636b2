internal import Choreography
internal import Envelope

/// What a slot wants to hear, from where, and who takes it.
struct Following: Sendable {
    let topics: Set<Topic>
    let start: @Sendable (StreamID) -> Cursor
    let receiver: any DeliveryReceiver
}
