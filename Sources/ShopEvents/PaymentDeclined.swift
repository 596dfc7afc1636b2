public import Troupe

/// The payment is above what the customer may spend.
public struct PaymentDeclined: EventPayload, Hashable {
    public static let topic = "shop.payment.declined"

    public var orderID: String
    public var sku: String
    public var quantity: Int
    /// In cents.
    public var amount: Int
    /// For the customer to read.
    public var reason: String

    public init(orderID: String, sku: String, quantity: Int, amount: Int, reason: String) {
        self.orderID = orderID
        self.sku = sku
        self.quantity = quantity
        self.amount = amount
        self.reason = reason
    }
}
