internal import Choreography
internal import Envelope

/// A slot of a simulated choreography.
struct HandlerPlan {
    enum Kind { case handler, feeder, ingress }

    let kind: Kind
    let id: PublisherID
    let consumes: [Topic]
    let emits: [Topic]
    let durability: Durability
    let host: Int
    var lanes = 1
    var batchLimit = 256
    var inboxLimit = 32_768
    var segmentSize = 1 << 20
    var trialWindow = Cursor.width

    var name: String { id.text }
}
