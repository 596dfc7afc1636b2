internal import ShopEvents
public import Troupe

/// Takes orders that are well-formed and not above the limit, and cancels what cannot be paid.
public struct Order: Handler {
    public let name = "order"
    private let limit: Int

    /// Settings: `limit`, the highest total in cents that is taken (default 1,000,000).
    public init(settings: Settings = [:]) throws {
        limit = try settings.integer("limit", default: 1_000_000)
    }

    public var reactions: some Reactions {
        On(OrderPlaced.self) { order, handling in
            if let reason = objection(to: order) {
                try handling.emit(OrderRejected(orderID: order.orderID, reason: reason))
            } else {
                try handling.emit(
                    OrderAccepted(
                        orderID: order.orderID, sku: order.sku, quantity: order.quantity, total: order.total))
            }
        }
        .emits(OrderAccepted.self, OrderRejected.self)

        On(PaymentDeclined.self) { payment, handling in
            try handling.emit(
                OrderCancelled(
                    orderID: payment.orderID, sku: payment.sku, quantity: payment.quantity, reason: payment.reason))
        }
        .emits(OrderCancelled.self)
    }

    private func objection(to order: OrderPlaced) -> String? {
        if order.orderID.isEmpty { return "the order has no number" }
        if order.quantity < 1 { return "the quantity is \(order.quantity); order at least 1" }
        if order.total < 0 { return "the total is negative" }
        if order.total > limit { return "the total of \(order.total) is above the limit of \(limit)" }
        return nil
    }
}
