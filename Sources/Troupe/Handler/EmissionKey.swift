/// Which partition key an emitted event has: events of one key are handled in order.
///
/// ```swift
/// try handling.emit(OrderAccepted(…))                            // the cause's key, as `.inherited`
/// try handling.emit(StockCounted(…), key: .of(order.sku))        // a key of its own
/// try handling.emit(CustomerNotified(…), key: .none)             // none: the flow orders it
/// ```
/// An event inherits its cause's key unless the call says otherwise. So what was in order stays in order along the whole flow,
/// without each handler on the way having to know of the key; a handler that forgot to pass it on would lose the order where
/// nobody looks for it. Whoever has another order, or needs none, says so.
public struct EmissionKey: Hashable, Sendable {
    enum Choice: Hashable, Sendable {
        case inherited
        case given(String)
        case dropped
    }

    let choice: Choice

    /// The cause's key; none if it has none. What an emission has unless it says otherwise.
    public static let inherited = EmissionKey(choice: .inherited)

    /// No key, though the cause may have one: the event is in order with those of its flow that have none.
    public static let none = EmissionKey(choice: .dropped)

    /// This key: text without control characters, not empty. `emit` throws for another.
    public static func of(_ key: String) -> EmissionKey { EmissionKey(choice: .given(key)) }

    /// The key of what follows from an event with this one.
    @inline(__always)
    func key(after cause: @autoclosure () -> String?) -> String? {
        switch choice {
        case .inherited: cause()
        case .given(let key): key
        case .dropped: nil
        }
    }
}
