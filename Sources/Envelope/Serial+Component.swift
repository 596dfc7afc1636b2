extension Serial {
    /// One step of a causal path: who emitted, and as which of the reaction's emissions.
    public struct Component: Hashable, Comparable, Sendable, CustomStringConvertible {
        /// The emitting handler's name.
        public let handler: String

        /// The emission index within the reaction, from 1.
        public let index: Int

        /// The step's text in a serial: `payment.1`.
        public var description: String { "\(handler).\(index)" }

        /// Orders steps by the handler's bytes, then by the index as a number.
        public static func < (left: Component, right: Component) -> Bool {
            (left.handler, left.index) < (right.handler, right.index)
        }
    }
}
