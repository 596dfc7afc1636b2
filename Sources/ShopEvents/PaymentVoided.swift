public import Troupe

/// An authorized payment is given back.
public struct PaymentVoided: EventPayload, Hashable {
    public static let topic = "shop.payment.voided"

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
