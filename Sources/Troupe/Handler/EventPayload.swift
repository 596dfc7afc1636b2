/// The data of one kind of event, bound to its topic.
///
/// ```swift
/// struct OrderPlaced: EventPayload {
///     static let topic = "shop.order.placed"
///     var orderID: String
///     var total: Int
/// }
/// ```
/// People see it as JSON; handlers decode and encode it.
public protocol EventPayload: Codable, Sendable {
    /// The topic, which is the event's CloudEvents `type`: dotted lowercase, 1 to 200 bytes of `[a-z0-9.-]`.
    static var topic: String { get }
}
