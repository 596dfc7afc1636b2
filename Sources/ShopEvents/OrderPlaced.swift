public import Troupe

/// A customer wants some items.
public struct OrderPlaced: EventPayload, Hashable {
    public static let topic = "shop.order.placed"

    /// The shop's own number of the order.
    public var orderID: String
    /// What is ordered.
    public var sku: String
    /// How many; at least 1.
    public var quantity: Int
    /// What the customer is to pay, in cents.
    public var total: Int

    public init(orderID: String, sku: String, quantity: Int, total: Int) {
        self.orderID = orderID
        self.sku = sku
        self.quantity = quantity
        self.total = total
    }
}
