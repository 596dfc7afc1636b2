internal import ShopEvents
public import Troupe

/// Tells the customer what the customer should hear.
public struct Notification: Handler {
    public let name = "notification"

    /// Takes no settings.
    public init(settings: Settings = [:]) {}

    public var reactions: some Reactions {
        On(OrderRejected.self) { order, handling in
            try handling.emit(notified(order.orderID, "We cannot take your order: \(order.reason)."))
        }
        .emits(CustomerNotified.self)

        On(OrderCancelled.self) { order, handling in
            try handling.emit(notified(order.orderID, "Your order is cancelled: \(order.reason)."))
        }
        .emits(CustomerNotified.self)

        On(PaymentVoided.self) { payment, handling in
            try handling.emit(notified(payment.orderID, "You get your money back: \(payment.reason)."))
        }
        .emits(CustomerNotified.self)

        On(DeliveryScheduled.self) { delivery, handling in
            try handling.emit(notified(delivery.orderID, "Your order arrives in \(delivery.days) working days."))
        }
        .emits(CustomerNotified.self)
    }

    private func notified(_ orderID: String, _ text: String) -> CustomerNotified {
        CustomerNotified(orderID: orderID, text: "Order \(orderID): \(text)")
    }
}
