public import Troupe

/// The customer's payment is set aside.
public struct PaymentAuthorized: EventPayload, Hashable {
    public static let topic = "shop.payment.authorized"

    public var orderID: String
    /// In cents.
    public var amount: Int

    public init(orderID: String, amount: Int) {
        self.orderID = orderID
        self.amount = amount
    }
}
