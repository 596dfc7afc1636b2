internal import ShopEvents
public import Troupe

/// Authorizes what a customer may spend.
public struct Payment: Handler {
    public static let name = "payment"
    private let ceiling: Int

    /// Settings: `ceiling`, the highest amount in cents that is authorized (default 50,000).
    public init(settings: Settings = [:]) throws {
        ceiling = try settings.integer("ceiling", default: 50_000)
    }

    public var reactions: some Reactions {
        On(OrderAccepted.self) { order, context in
            if order.total <= ceiling {
                context.emit(PaymentAuthorized(orderID: order.orderID, amount: order.total))
            } else {
                context.emit(
                    PaymentDeclined(
                        orderID: order.orderID, amount: order.total,
                        reason: "\(order.total) is above the ceiling of \(ceiling)"))
            }
        }
        .emits(PaymentAuthorized.self, PaymentDeclined.self)
    }
}
