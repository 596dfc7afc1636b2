public import Troupe

/// A carrier that was to come will not.
public struct DeliveryCancelled: EventPayload, Hashable {
    public static let topic = "shop.delivery.cancelled"

    public var orderID: String
    public var reason: String

    public init(orderID: String, reason: String) {
        self.orderID = orderID
        self.reason = reason
    }
}
