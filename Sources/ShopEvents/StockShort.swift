public import Troupe

/// There are fewer items than ordered.
public struct StockShort: EventPayload, Hashable {
    public static let topic = "shop.stock.short"

    public var orderID: String
    public var sku: String
    /// What was ordered.
    public var quantity: Int
    /// What there is.
    public var available: Int
    /// What the customer was to pay, in cents.
    public var total: Int

    public init(orderID: String, sku: String, quantity: Int, available: Int, total: Int) {
        self.orderID = orderID
        self.sku = sku
        self.quantity = quantity
        self.available = available
        self.total = total
    }
}
