internal import Testing
internal import Troupe

@testable internal import TroupeCLI

@Suite("What is sent and what is expected") struct ShapeFitTests {
    private typealias Misfit = ShapeFit.Misfit

    private func misfits(_ sent: Shape, _ expected: Shape) -> [Misfit] {
        ShapeFit.misfits(
            sent: PayloadShape(.record([ShapeField("f", sent)])),
            expected: PayloadShape(.record([ShapeField("f", expected)])))
    }

    private func integer(_ bits: Int, _ isSigned: Bool = true) -> Shape { .integer(bits: bits, isSigned: isSigned) }

    @Test("a required field that is never sent; one that is optional may be missing")
    func missing() {
        let sent = PayloadShape(.record([ShapeField("a", .boolean)]))
        let required = PayloadShape(.record([ShapeField("a", .boolean), ShapeField("b", .text(nil))]))
        let optional = PayloadShape(
            .record([ShapeField("a", .boolean), ShapeField("b", .nullable(.text(nil)), isRequired: false)]))
        #expect(
            ShapeFit.misfits(sent: sent, expected: required) == [Misfit(field: "b", isSure: true, kind: .missing)])
        #expect(ShapeFit.misfits(sent: sent, expected: optional).isEmpty)
        #expect(ShapeFit.misfits(sent: required, expected: sent).isEmpty)
    }

    @Test("an optional field against a required one; the other way round fits")
    func optional() {
        let optional = PayloadShape(.record([ShapeField("f", .nullable(.boolean), isRequired: false)]))
        let required = PayloadShape(.record([ShapeField("f", .boolean)]))
        #expect(
            ShapeFit.misfits(sent: optional, expected: required)
                == [Misfit(field: "f", isSure: true, kind: .optional)])
        #expect(ShapeFit.misfits(sent: required, expected: optional).isEmpty)
        #expect(ShapeFit.misfits(sent: optional, expected: optional).isEmpty)
    }

    @Test("null where a value is expected; a value where null may be")
    func null() {
        #expect(misfits(.nullable(.boolean), .boolean) == [Misfit(field: "f", isSure: true, kind: .null)])
        #expect(misfits(.boolean, .nullable(.boolean)).isEmpty)
    }

    @Test("another type; the same type")
    func types() {
        #expect(
            misfits(.text(nil), integer(64))
                == [Misfit(field: "f", isSure: true, kind: .type(sent: "a text", expected: "an integer"))])
        #expect(misfits(.number(bits: 64), integer(64)).map(\.isSure) == [true])
        #expect(misfits(.list(.boolean), .boolean).map(\.isSure) == [true])
        #expect(misfits(integer(64), .number(bits: 64)).isEmpty)
        #expect(misfits(integer(64), integer(64)).isEmpty)
    }

    @Test(
        "number widths: a wider one may not fit, a narrower one does",
        arguments: [
            (64, true, 32, true, false), (32, true, 64, true, true), (8, false, 16, true, true),
            (32, false, 32, true, false), (32, true, 64, false, false), (64, false, 64, true, false),
            (63, true, 64, true, true),
        ])
    func widths(_ bits: Int, _ isSigned: Bool, _ others: Int, _ areSigned: Bool, _ fits: Bool) {
        let found = misfits(integer(bits, isSigned), integer(others, areSigned))
        #expect(found.map(\.isSure) == (fits ? [] : [false]))
    }

    @Test("a date sent as a number is refused, as a text it may be; formats are told apart")
    func dates() {
        #expect(misfits(.number(bits: 64), .text(.dateTime)).map(\.isSure) == [true])
        #expect(misfits(.text(nil), .text(.dateTime)).map(\.isSure) == [false])
        #expect(misfits(.text(.date), .text(.dateTime)).map(\.isSure) == [true])
        #expect(misfits(.text(.dateTime), .text(.dateTime)).isEmpty)
        #expect(misfits(.text(.dateTime), .text(nil)).isEmpty)
    }

    @Test("a case that is not known; fewer cases than are known")
    func cases() {
        let (two, three) = (Shape.choice(["a", "b"]), Shape.choice(["a", "b", "c"]))
        #expect(misfits(three, two) == [Misfit(field: "f", isSure: true, kind: .unknownCases(["c"]))])
        #expect(misfits(two, three).isEmpty)
        #expect(misfits(two, .text(nil)).isEmpty)
        #expect(misfits(.text(nil), two).map(\.isSure) == [false])
        #expect(misfits(.integerChoice([1, 2]), .integerChoice([1])).map(\.isSure) == [true])
    }

    @Test("an alternative that is not known; one that is")
    func alternatives() {
        func variant(_ name: String, _ shape: Shape = .record([])) -> Shape { .record([ShapeField(name, shape)]) }
        let card = variant("card", .record([ShapeField("number", .text(nil))]))
        let sent = Shape.oneOf([card, variant("cash")])
        #expect(misfits(sent, .oneOf([variant("cash"), card, variant("bank")])).isEmpty)
        #expect(misfits(sent, .oneOf([card])) == [Misfit(field: "f", isSure: true, kind: .unknownCases(["cash"]))])
        let other = variant("card", .record([ShapeField("number", .boolean)]))
        #expect(misfits(sent, .oneOf([other, variant("cash")])).map(\.field) == ["f.card.number"])
    }

    @Test("what lies inside lists, maps and types that contain themselves is named by its path")
    func inside() {
        let sent = Shape.list(.map(.record([ShapeField("x", .text(nil))])))
        let expected = Shape.list(.map(.record([ShapeField("x", .boolean)])))
        #expect(misfits(sent, expected).map(\.field) == ["f[].*.x"])
        func tree(_ leaf: Shape) -> PayloadShape {
            PayloadShape(
                .named("T"),
                definitions: ["T": .record([ShapeField("leaf", leaf), ShapeField("next", .list(.named("T")))])])
        }
        #expect(ShapeFit.misfits(sent: tree(.boolean), expected: tree(.boolean)).isEmpty)
        #expect(ShapeFit.misfits(sent: tree(.boolean), expected: tree(.text(nil))).map(\.field) == ["leaf"])
    }

    @Test("what cannot be seen fits")
    func unseen() {
        #expect(misfits(.anything, .boolean).isEmpty)
        #expect(misfits(.boolean, .anything).isEmpty)
    }
}
