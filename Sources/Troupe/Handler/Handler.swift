/// A named part of a choreography: it hears events, and says what follows.
///
/// ```swift
/// struct Payment: Handler {
///     let name = "payment"
///     var reactions: some Reactions {
///         On(OrderAccepted.self) { order, handling in
///             try handling.emit(PaymentAuthorized(orderID: order.orderID, amount: order.total))
///         }
///         .emits(PaymentAuthorized.self, PaymentDeclined.self)
///     }
/// }
/// ```
/// A handler lives in a library; its executable is `@main` and a call of ``HandlerProcess/main(_:)``.
public protocol Handler: Sendable {
    /// What `reactions` is made of.
    associatedtype Body: Reactions
    /// The handler's name within its choreography: `[a-z][a-z0-9-]{0,62}`, not `ingress`. It is the instance's, so that one
    /// type can play two parts; it does not change while the instance lives.
    var name: String { get }
    /// What it does on which topic, and what it may say then. Evaluated once, at start.
    @ReactionsBuilder var reactions: Body { get }
}
