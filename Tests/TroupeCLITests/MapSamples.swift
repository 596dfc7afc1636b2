internal import Troupe

@testable internal import TroupeCLI

extension ChoreographyMap {
    /// What is declared.
    static func of(_ cast: Cast) -> ChoreographyMap { ChoreographyMap(cast, nil, view: .declared) }

    /// The shop after some orders: `order` failed at two, `stock` is down with one before it, and somebody said what is
    /// not declared.
    static func shop(_ view: View) -> ChoreographyMap {
        var seen = Observation()
        func traffic(_ count: UInt64, _ rate: Double = 0) -> Observation.Traffic {
            Observation.Traffic(count: count, perSecond: rate)
        }
        seen.said = [
            nil: ["shop.order.placed": traffic(10, 2.5)], "order": ["shop.order.accepted": traffic(8, 0.125)],
            "payment": ["shop.payment.authorized": traffic(8), "shop.payment.old": traffic(1)],
            "delivery": ["shop.delivery.scheduled": traffic(8)],
            "notification": ["shop.customer.notified": traffic(8)], "stock": ["shop.stock.reserved": traffic(7)],
        ]
        func heard(_ count: UInt64, behind: UInt64 = 0, parked: Int = 0, dead: Int = 0) -> Observation.Heard {
            Observation.Heard(traffic: traffic(count), behind: behind, parked: parked, deadLetters: dead)
        }
        seen.heard = [
            "order": ["shop.order.placed": heard(10, parked: 1, dead: 2)], "payment": ["shop.order.accepted": heard(8)],
            "stock": ["shop.order.accepted": heard(7, behind: 1)], "delivery": ["shop.payment.authorized": heard(8)],
            "notification": ["shop.delivery.scheduled": heard(8)],
        ]
        for name in ["order", "payment", "stock", "delivery", "notification"] {
            seen.handlers[name] = Observation.State(isRunning: name != "stock")
        }
        seen.handlers["order"]!.deadLetters = 2
        return ChoreographyMap(.shop, seen, view: view)
    }

    /// A hundred handlers, ten stages of ten, with a way back.
    static var hundred: ChoreographyMap {
        var lines: [String] = []
        for stage in 0..<10 {
            for index in 0..<10 {
                let back = stage == 9 && index == 9 ? " big.s3.t0" : ""
                let next = "big.s\(stage + 1).t\(index) big.s\(stage + 1).t\((index * 3 + 1) % 10)\(back)"
                lines.append("h\(stage)-\(index): big.s\(stage).t\(index) > \(next)")
            }
        }
        return .of(.of(lines.joined(separator: "\n")))
    }
}

extension ChoreographyMap {
    /// Two handlers with shapes, one of which contains itself.
    static var shaped: ChoreographyMap {
        var cast = Cast.of("a: t.in > t.tree\nb: t.tree >", roots: ["t.in"])
            .with("t.in", sent: .anything, expected: .record([ShapeField("when", .text(.dateTime))]))
        let tree = PayloadShape(
            .named("Tree"),
            definitions: ["Tree": .record([ShapeField("name", .text(nil)), ShapeField("next", .list(.named("Tree")))])])
        cast.parts[0].declaration.shapes?.emits["t.tree"] = tree
        return .of(cast)
    }
}
