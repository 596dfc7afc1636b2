internal import ShopEvents
public import Troupe

/// Authorizes what a customer may spend, and gives it back when the goods are short.
public struct Payment: Handler {
    public let name = "payment"
    private let ceiling: Int

    /// Settings: `ceiling`, the highest amount in cents that is authorized (default 50,000).
    public init(settings: Settings = [:]) throws {
        ceiling = try settings.integer("ceiling", default: 50_000)
    }

    public var reactions: some Reactions {
        On(OrderAccepted.self) { order, handling in
            if order.total <= ceiling {
                try handling.emit(PaymentAuthorized(orderID: order.orderID, amount: order.total))
            } else {
                try handling.emit(
                    PaymentDeclined(
                        orderID: order.orderID, sku: order.sku, quantity: order.quantity, amount: order.total,
                        reason: "\(order.total) is above the ceiling of \(ceiling)"))
            }
        }
        .emits(PaymentAuthorized.self, PaymentDeclined.self)

        On(StockShort.self) { stock, handling in
            // What was declined needs no voiding; the rule that declined it is the one above.
            guard stock.total <= ceiling else { return }
            try handling.emit(
                PaymentVoided(
                    orderID: stock.orderID, amount: stock.total,
                    reason: "only \(stock.available) of \(stock.quantity) \(stock.sku) are in stock"))
        }
        .emits(PaymentVoided.self)
    }
}
