internal import Troupe

@testable internal import TroupeCLI

extension Cast {
    /// A cast from lines such as `payment: shop.order.accepted > shop.payment.authorized shop.payment.declined`; a
    /// handler's further reactions follow on lines that begin with its name again.
    static func of(
        _ text: String, roots: [String] = [], leaves: [String] = [], loops: [String] = []
    ) -> Cast {
        var parts: [Part] = []
        for (index, line) in text.split(separator: "\n").enumerated() {
            let (name, rest) = halves(line, ":")
            let (topic, effects) = halves(rest, ">")
            let emits = effects.split(separator: " ").map(String.init)
            let consumed = Declaration.Consumed(topic: topic, emits: emits)
            if let known = parts.firstIndex(where: { $0.name == name }) {
                parts[known].declaration.consumes.append(consumed)
                parts[known].declaration.emits = Set(parts[known].declaration.emits + emits).sorted()
            } else {
                let declaration = Declaration(handler: name, consumes: [consumed], emits: Set(emits).sorted())
                parts.append(Part(name: name, line: index + 3, declaration: declaration))
            }
        }
        var cast = Cast(choreography: "test", file: "test.yaml", parts: parts)
        func located(_ topics: [String]) -> [Located<String>] { topics.map { Located(value: $0, line: 2) } }
        cast.roots = located(roots)
        cast.leaves = located(leaves)
        cast.loops = located(loops)
        return cast
    }

    private static func halves(_ text: some StringProtocol, _ separator: Character) -> (String, String) {
        let parts = text.split(separator: separator, maxSplits: 1).map { String($0).trimmed }
        return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
    }

    /// Gives a topic's shapes to who emits and who consumes it.
    func with(_ topic: String, sent: Shape, expected: Shape) -> Cast {
        var copy = self
        for index in copy.parts.indices {
            var shapes = copy.parts[index].declaration.shapes ?? Declaration.Shapes()
            if copy.parts[index].declaration.emits.contains(topic) { shapes.emits[topic] = PayloadShape(sent) }
            if copy.parts[index].declaration.consumes.contains(where: { $0.topic == topic }) {
                shapes.consumes[topic] = PayloadShape(expected)
            }
            copy.parts[index].declaration.shapes = shapes
        }
        return copy
    }

    /// The shop, as its programs declare it.
    static var shop: Cast {
        of(
            """
            order: shop.order.placed > shop.order.accepted shop.order.rejected
            order: shop.payment.declined > shop.order.cancelled
            payment: shop.order.accepted > shop.payment.authorized shop.payment.declined
            payment: shop.stock.short > shop.payment.voided
            stock: shop.order.accepted > shop.stock.reserved shop.stock.short
            stock: shop.order.cancelled > shop.stock.released
            delivery: shop.payment.authorized > shop.delivery.scheduled
            delivery: shop.payment.voided > shop.delivery.cancelled
            notification: shop.order.rejected > shop.customer.notified
            notification: shop.order.cancelled > shop.customer.notified
            notification: shop.payment.voided > shop.customer.notified
            notification: shop.delivery.scheduled > shop.customer.notified
            """,
            roots: ["shop.order.placed"],
            leaves: [
                "shop.stock.reserved", "shop.stock.released", "shop.delivery.cancelled", "shop.customer.notified",
            ])
    }
}
