public import Troupe

/// An accepted order comes to nothing.
public struct OrderCancelled: EventPayload, Hashable {
    public static let topic = "shop.order.cancelled"

    public var orderID: String
    public var sku: String
    public var quantity: Int
    /// For the customer to read.
    public var reason: String

    public init(orderID: String, sku: String, quantity: Int, reason: String) {
        self.orderID = orderID
        self.sku = sku
        self.quantity = quantity
        self.reason = reason
    }
}
