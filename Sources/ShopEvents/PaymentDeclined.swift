public import Troupe

/// The payment is above what the customer may spend.
public struct PaymentDeclined: EventPayload, Hashable {
    public static let topic = "shop.payment.declined"

    public var orderID: String
    /// In cents.
    public var amount: Int
    /// For the customer to read.
    public var reason: String

    public init(orderID: String, amount: Int, reason: String) {
        self.orderID = orderID
        self.amount = amount
        self.reason = reason
    }
}
