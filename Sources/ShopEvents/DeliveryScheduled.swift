public import Troupe

/// A carrier will come.
public struct DeliveryScheduled: EventPayload, Hashable {
    public static let topic = "shop.delivery.scheduled"

    public var orderID: String
    /// Working days until the customer has it.
    public var days: Int

    public init(orderID: String, days: Int) {
        self.orderID = orderID
        self.days = days
    }
}
