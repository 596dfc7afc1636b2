internal import Choreography
internal import Testing

@Suite struct SubscriptionsTests {
    private var subscriptions = Subscriptions()

    private mutating func note(_ verb: UInt8, _ prefix: String) {
        ([verb] + Array(prefix.utf8)).withUnsafeBytes { subscriptions.note($0) }
    }

    private func wants(_ head: String) -> Bool { subscriptions.wants(Array(head.utf8)) }

    @Test mutating func `a frame is wanted by whom its beginning was asked for`() {
        #expect(!wants("shop.order\0"))
        note(1, "shop.order\0")
        #expect(wants("shop.order\0rest"))
        #expect(!wants("shop.orders\0rest"))
        #expect(!wants("shop"))
        note(1, "")
        #expect(wants("anything"))
        note(0, "")
        note(0, "shop.order\0")
        #expect(!wants("shop.order\0rest"))
    }

    @Test mutating func `who wants tips alone wants no events`() {
        #expect(!subscriptions.wantsEvents && !subscriptions.wantsTips)
        note(1, "$tip\0")
        #expect(!subscriptions.wantsEvents && subscriptions.wantsTips)
        note(1, "shop.order\0")
        #expect(subscriptions.wantsEvents)
        note(0, "$tip\0")
        #expect(!subscriptions.wantsTips)
        note(0, "shop.order\0")
        #expect(!subscriptions.wantsEvents)
        note(1, "")
        #expect(subscriptions.wantsEvents)
    }

    @Test mutating func `what is no such message changes nothing`() {
        note(1, "a")
        note(2, "b")
        [UInt8]().withUnsafeBytes { subscriptions.note($0) }
        note(0, "b")
        #expect(wants("a") && !wants("b"))
    }
}
