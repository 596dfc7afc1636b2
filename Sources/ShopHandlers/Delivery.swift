internal import ShopEvents
public import Troupe

/// Sends a carrier for what is paid, and calls it off when the payment is given back.
public struct Delivery: Handler {
    public let name = "delivery"
    private let days: Int

    /// Settings: `days`, the working days that a delivery takes (default 2).
    public init(settings: Settings = [:]) throws {
        days = try settings.integer("days", default: 2)
    }

    public var reactions: some Reactions {
        On(PaymentAuthorized.self) { payment, handling in
            try handling.emit(DeliveryScheduled(orderID: payment.orderID, days: days))
        }
        .emits(DeliveryScheduled.self)

        On(PaymentVoided.self) { payment, handling in
            try handling.emit(DeliveryCancelled(orderID: payment.orderID, reason: payment.reason))
        }
        .emits(DeliveryCancelled.self)
    }
}
