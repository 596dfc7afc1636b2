public import Troupe

/// The order cannot be taken.
public struct OrderRejected: EventPayload, Hashable {
    public static let topic = "shop.order.rejected"

    public var orderID: String
    /// For the customer to read.
    public var reason: String

    public init(orderID: String, reason: String) {
        self.orderID = orderID
        self.reason = reason
    }
}
