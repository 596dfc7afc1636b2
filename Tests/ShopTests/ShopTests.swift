internal import ShopEvents
internal import ShopHandlers
internal import Testing
internal import Troupe
internal import TroupeTesting

@Suite("The shop") struct ShopTests {
    @Test("an order that is in stock and can be paid is delivered", arguments: [Venue.memory, .processes("shop")])
    func delivered(_ venue: Venue) async throws {
        try await withShop(venue) { stage in
            let flow = try await stage.publish(OrderPlaced(orderID: "A-1", sku: "tea", quantity: 2, total: 1980))
            try await flow.settled()
                .expect(
                    steps: "1 shop.order.placed", "2 shop.order.accepted", "2.1 shop.payment.authorized",
                    "2.1.1 shop.delivery.scheduled", "2.1.2 shop.customer.notified", "2.2 shop.stock.reserved"
                )
                .expect(CustomerNotified(orderID: "A-1", text: "Order A-1: Your order arrives in 2 working days."))
                .expectNoDeadEnds()
        }
    }

    @Test("a declined payment cancels the order and releases the stock", arguments: [Venue.memory, .processes("shop")])
    func declined(_ venue: Venue) async throws {
        try await withShop(venue) { stage in
            let flow = try await stage.publish(OrderPlaced(orderID: "A-2", sku: "tea", quantity: 2, total: 60_000))
            try await flow.settled()
                .expect(
                    steps: "1 shop.order.placed", "2 shop.order.accepted", "2.1 shop.payment.declined",
                    "2.1.1 shop.order.cancelled", "2.1.1.1 shop.customer.notified", "2.1.1.2 shop.stock.released",
                    "2.2 shop.stock.reserved"
                )
                .expect(without: DeliveryScheduled.topic)
        }
    }

    @Test("stock that is short voids the payment and calls the delivery off")
    func short() async throws {
        try await withShop { stage in
            let flow = try await stage.publish(OrderPlaced(orderID: "A-3", sku: "tea", quantity: 101, total: 1980))
            try await flow.settled()
                .expect(PaymentVoided(orderID: "A-3", amount: 1980, reason: "only 100 of 101 tea are in stock"))
                .expect(topics: DeliveryCancelled.topic, CustomerNotified.topic, CustomerNotified.topic)
        }
    }

    @Test("an order that is short and cannot be paid is cancelled, and nothing is released or voided")
    func shortAndDeclined() async throws {
        try await withShop { stage in
            let flow = try await stage.publish(OrderPlaced(orderID: "A-4", sku: "tea", quantity: 101, total: 60_000))
            try await flow.settled()
                .expect(topics: OrderCancelled.topic)
                .expect(without: StockReleased.topic, PaymentVoided.topic)
        }
    }

    @Test(
        "an order that is not well-formed is rejected, with the reason",
        arguments: [
            (OrderPlaced(orderID: "A-5", sku: "tea", quantity: 0, total: 10), "the quantity is 0; order at least 1"),
            (OrderPlaced(orderID: "", sku: "tea", quantity: 1, total: 10), "the order has no number"),
            (OrderPlaced(orderID: "A-6", sku: "tea", quantity: 1, total: -1), "the total is negative"),
            (
                OrderPlaced(orderID: "A-7", sku: "tea", quantity: 1, total: 2_000_000),
                "the total of 2000000 is above the limit of 1000000"
            ),
        ])
    func rejected(_ order: OrderPlaced, _ reason: String) async throws {
        try await withShop { stage in
            try await stage.publish(order).settled()
                .expect(OrderRejected(orderID: order.orderID, reason: reason))
                .expect(steps: "1 shop.order.placed", "2 shop.order.rejected", "3 shop.customer.notified")
        }
    }

    private func withShop(_ venue: Venue = .memory, _ body: (Stage) async throws -> Void) async throws {
        try await withChoreography(
            venue, Order(), Payment(), Stock(), Delivery(), Notification(), body: body)
    }
}
