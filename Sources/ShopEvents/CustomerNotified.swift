public import Troupe

/// The customer has been told something.
public struct CustomerNotified: EventPayload, Hashable {
    public static let topic = "shop.customer.notified"

    public var orderID: String
    public var text: String

    public init(orderID: String, text: String) {
        self.orderID = orderID
        self.text = text
    }
}
