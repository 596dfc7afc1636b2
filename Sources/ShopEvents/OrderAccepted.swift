public import Troupe

/// The order is well-formed and within the shop's limits.
public struct OrderAccepted: EventPayload, Hashable {
    public static let topic = "shop.order.accepted"

    public var orderID: String
    public var sku: String
    public var quantity: Int
    /// In cents.
    public var total: Int

    public init(orderID: String, sku: String, quantity: Int, total: Int) {
        self.orderID = orderID
        self.sku = sku
        self.quantity = quantity
        self.total = total
    }
}
