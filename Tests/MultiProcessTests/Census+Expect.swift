internal import Testing

extension Census {
    /// Expects that `count` orders went through the whole shop, each step exactly once.
    func expectWholeShop(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            said == [
                "shop.order.placed": count, "shop.order.accepted": count, "shop.payment.authorized": count,
                "shop.stock.reserved": count,
            ], sourceLocation: sourceLocation)
        #expect(handled("shop.order.placed", by: "order") == count, sourceLocation: sourceLocation)
        #expect(handled("shop.order.accepted", by: "payment") == count, sourceLocation: sourceLocation)
        #expect(handled("shop.order.accepted", by: "stock") == count, sourceLocation: sourceLocation)
        expectExact(sourceLocation: sourceLocation)
    }

    /// Expects that nothing is in the journals twice, heard twice, or left out.
    func expectExact(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(repeated.prefix(5) == [], sourceLocation: sourceLocation)
        #expect(heardTwice.prefix(5) == [], sourceLocation: sourceLocation)
        #expect(jumps.prefix(5) == [], sourceLocation: sourceLocation)
    }
}
