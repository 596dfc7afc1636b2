public import Troupe

/// Reserved items go back to the shelf.
public struct StockReleased: EventPayload, Hashable {
    public static let topic = "shop.stock.released"

    public var orderID: String
    public var sku: String
    public var quantity: Int

    public init(orderID: String, sku: String, quantity: Int) {
        self.orderID = orderID
        self.sku = sku
        self.quantity = quantity
    }
}
