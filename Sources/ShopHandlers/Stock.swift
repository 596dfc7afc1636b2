internal import ShopEvents
public import Troupe

/// Reserves what lies on the shelf, and puts it back when the order is cancelled.
public struct Stock: Handler {
    public let name = "stock"
    private let shelf: Int

    /// Settings: `shelf`, how many of one item a single order may take (default 100).
    public init(settings: Settings = [:]) throws {
        shelf = try settings.integer("shelf", default: 100)
    }

    public var reactions: some Reactions {
        On(OrderAccepted.self) { order, handling in
            if order.quantity <= shelf {
                try handling.emit(StockReserved(orderID: order.orderID, sku: order.sku, quantity: order.quantity))
            } else {
                try handling.emit(
                    StockShort(
                        orderID: order.orderID, sku: order.sku, quantity: order.quantity, available: shelf,
                        total: order.total))
            }
        }
        .emits(StockReserved.self, StockShort.self)

        On(OrderCancelled.self) { order, handling in
            // What was short was never reserved.
            guard order.quantity <= shelf else { return }
            try handling.emit(StockReleased(orderID: order.orderID, sku: order.sku, quantity: order.quantity))
        }
        .emits(StockReleased.self)
    }
}
