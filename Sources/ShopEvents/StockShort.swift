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

    public init(orderID: String, sku: String, quantity: Int, available: Int) {
        self.orderID = orderID
        self.sku = sku
        self.quantity = quantity
        self.available = available
    }
}
