public import Troupe

/// The items lie ready.
public struct StockReserved: EventPayload, Hashable {
    public static let topic = "shop.stock.reserved"

    public var orderID: String
    public var sku: String
    public var quantity: Int

    public init(orderID: String, sku: String, quantity: Int) {
        self.orderID = orderID
        self.sku = sku
        self.quantity = quantity
    }
}
