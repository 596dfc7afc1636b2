internal import FoundationEssentials
internal import Testing
internal import Troupe

/// Hears and says one type.
private struct Probe<P: EventPayload>: Handler {
    var name: String { "probe" }
    var reactions: some Reactions { On(P.self) { (_: P, _: Handling) in }.emits(P.self) }
}

/// The shapes of a type, as a handler that consumes and emits it declares them.
private func shapes<P: EventPayload>(_ type: P.Type) throws -> (consumed: PayloadShape, emitted: PayloadShape) {
    let declared = try #require(try Declaration.withShapes(of: Probe<P>()).shapes)
    return (try #require(declared.consumes[P.topic]), try #require(declared.emits[P.topic]))
}

private let integer = Shape.integer(bits: 64, isSigned: true)

@Suite("Shapes of event types") struct ShapeTests {
    @Test("numbers keep their widths, and dates, bytes and the like their formats")
    func basics() throws {
        struct Basics: EventPayload {
            static let topic = "test.basics"
            var flag: Bool
            var small: Int8
            var wide: UInt64
            var single: Float
            var double: Double
            var exact: Decimal
            var when: Date
            var id: UUID
            var place: URL
            var bytes: Data
        }
        #expect(
            try shapes(Basics.self).consumed.root
                == .record([
                    ShapeField("flag", .boolean), ShapeField("small", .integer(bits: 8, isSigned: true)),
                    ShapeField("wide", .integer(bits: 64, isSigned: false)), ShapeField("single", .number(bits: 32)),
                    ShapeField("double", .number(bits: 64)), ShapeField("exact", .number(bits: 0)),
                    ShapeField("when", .text(.dateTime)), ShapeField("id", .text(.uuid)),
                    ShapeField("place", .text(.uri)), ShapeField("bytes", .text(.base64)),
                ]))
    }

    @Test("optional fields need not be there; lists, maps and inner types are looked into")
    func nesting() throws {
        struct Line: Codable {
            var sku: String
            var price: Int32?
        }
        struct Nested: EventPayload {
            static let topic = "test.nested"
            var lines: [Line]
            var first: Line
            var labels: [String: Int]
            var tags: Set<String>?
        }
        let line = Shape.record([
            ShapeField("sku", .text(nil)),
            ShapeField("price", .nullable(.integer(bits: 32, isSigned: true)), isRequired: false),
        ])
        #expect(
            try shapes(Nested.self).consumed.root
                == .record([
                    ShapeField("lines", .list(line)), ShapeField("first", line), ShapeField("labels", .map(integer)),
                    ShapeField("tags", .nullable(.list(.text(nil))), isRequired: false),
                ]))
    }

    @Test("the cases of enumerations are found, whether or not they can be iterated over")
    func enumerations() throws {
        enum Plain: String, Codable {
            case red
            case green = "GREEN"
        }
        enum Iterable: String, Codable, CaseIterable { case up, down }
        enum Level: Int, Codable {
            case low = 1
            case high = 9
        }
        enum Only: String, Codable { case one }
        struct Colours: EventPayload {
            static let topic = "test.colours"
            var plain: Plain
            var iterable: Iterable?
            var level: Level
            var only: Only
        }
        #expect(
            try shapes(Colours.self).consumed.root
                == .record([
                    ShapeField("plain", .choice(["red", "GREEN"])),
                    ShapeField("iterable", .nullable(.choice(["up", "down"])), isRequired: false),
                    ShapeField("level", .integerChoice([1, 9])), ShapeField("only", .choice(["one"])),
                ]))
    }

    @Test("an enumeration that takes what it does not know is any text")
    func tolerantEnumeration() throws {
        enum Tolerant: String, Codable {
            case known, unknown
            init(from decoder: any Decoder) throws {
                self = Tolerant(rawValue: try decoder.singleValueContainer().decode(String.self)) ?? .unknown
            }
        }
        struct Open: EventPayload {
            static let topic = "test.open"
            var tolerant: Tolerant
        }
        #expect(try shapes(Open.self).consumed.root == .record([ShapeField("tolerant", .text(nil))]))
    }

    @Test("enumerations with associated values are one of several objects")
    func associatedValues() throws {
        enum Means: Codable {
            case card(number: String)
            case cash
            case bank(String, Int)
        }
        struct Paid: EventPayload {
            static let topic = "test.paid"
            var means: Means
        }
        #expect(
            try shapes(Paid.self).consumed.root
                == .record([
                    ShapeField(
                        "means",
                        .oneOf([
                            .record([ShapeField("card", .record([ShapeField("number", .text(nil))]))]),
                            .record([ShapeField("cash", .record([]))]),
                            .record([
                                ShapeField(
                                    "bank", .record([ShapeField("_0", .text(nil)), ShapeField("_1", integer)]))
                            ]),
                        ]))
                ]))
    }

    @Test("a decoding that looks at a kind first shows what goes with each kind")
    func discriminator() throws {
        enum Kind: String, Codable { case circle, square, point }
        struct Figure: EventPayload {
            static let topic = "test.figure"
            var kind: Kind
            var size: Int?
            private enum CodingKeys: String, CodingKey { case kind, radius, side }
            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                kind = try container.decode(Kind.self, forKey: .kind)
                switch kind {
                case .circle: size = try container.decode(Int.self, forKey: .radius)
                case .square: size = try container.decode(Int.self, forKey: .side)
                case .point: size = nil
                }
            }
            func encode(to encoder: any Encoder) throws {}
        }
        #expect(
            try shapes(Figure.self).consumed.root
                == .oneOf([
                    .record([ShapeField("kind", .choice(["circle"])), ShapeField("radius", integer)]),
                    .record([ShapeField("kind", .choice(["square"])), ShapeField("side", integer)]),
                    .record([ShapeField("kind", .choice(["point"]))]),
                ]))
    }

    @Test("types that contain themselves get a name")
    func recursion() throws {
        struct Tree: EventPayload {
            static let topic = "test.tree"
            var name: String
            var children: [Tree]
        }
        let shape = try shapes(Tree.self).consumed
        #expect(shape.root == .named("Tree"))
        #expect(
            shape.definitions == [
                "Tree": .record([ShapeField("name", .text(nil)), ShapeField("children", .list(.named("Tree")))])
            ])
    }

    @Test("a type that checks its values is tried with others")
    func picky() throws {
        struct Quantity: Codable {
            var value: Int
            init(from decoder: any Decoder) throws {
                value = try decoder.singleValueContainer().decode(Int.self)
                if value < 5 { throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "too few")) }
            }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                try container.encode(value)
            }
        }
        struct Ordered: EventPayload {
            static let topic = "test.ordered"
            var quantity: Quantity
            var sku: String
        }
        #expect(
            try shapes(Ordered.self).consumed.root
                == .record([ShapeField("quantity", integer), ShapeField("sku", .text(nil))]))
    }

    @Test("what no sample decodes is anything, unless the type tells its shape")
    func shaped() throws {
        struct Opaque: EventPayload {
            static let topic = "test.opaque"
            init(from decoder: any Decoder) throws {
                let text = try decoder.singleValueContainer().decode(String.self)
                throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "what is \(text)?"))
            }
            func encode(to encoder: any Encoder) throws {}
        }
        struct Told: EventPayload, Shaped {
            static let topic = "test.told"
            static let shape = Shape.text(nil)
            init(from decoder: any Decoder) throws { throw CancellationError() }
            func encode(to encoder: any Encoder) throws {}
        }
        #expect(try shapes(Opaque.self).consumed.root == .anything)
        #expect(try shapes(Told.self).consumed.root == .text(nil))
        #expect(try shapes(Told.self).emitted.root == .text(nil))
    }

    @Test("a field that decoding can do without, and encoding always writes, is always sent")
    func defaults() throws {
        struct Ranked: EventPayload {
            static let topic = "test.ranked"
            var rank: Int
            var note: String?
            private enum CodingKeys: String, CodingKey { case rank, note }
            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                rank = try container.decodeIfPresent(Int.self, forKey: .rank) ?? 0
                note = container.contains(.note) ? try container.decode(String.self, forKey: .note) : nil
            }
        }
        let (consumed, emitted) = try shapes(Ranked.self)
        let note = ShapeField("note", .text(nil), isRequired: false)
        #expect(consumed.root == .record([ShapeField("rank", .nullable(integer), isRequired: false), note]))
        #expect(emitted.root == .record([ShapeField("rank", integer), note]))
    }

    @Test("a date that is encoded as a number is sent as a number")
    func encodedOtherwise() throws {
        struct Timed: EventPayload {
            static let topic = "test.timed"
            var when: Date
            private enum CodingKeys: String, CodingKey { case when, zone }
            init(from decoder: any Decoder) throws {
                when = try decoder.container(keyedBy: CodingKeys.self).decode(Date.self, forKey: .when)
            }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(when.timeIntervalSince1970 + 0.5, forKey: .when)
                try container.encode("UTC", forKey: .zone)
            }
        }
        let (consumed, emitted) = try shapes(Timed.self)
        #expect(consumed.root == .record([ShapeField("when", .text(.dateTime))]))
        #expect(emitted.root == .record([ShapeField("when", .number(bits: 64)), ShapeField("zone", .text(nil))]))
    }

    @Test("a reaction to the event as it is has no shape")
    func raw() throws {
        struct Raw: Handler {
            let name = "raw"
            var reactions: some Reactions { OnTopic("test.raw") { _, _ in }.emits(topics: "test.other") }
        }
        let shapes = try #require(try Declaration.withShapes(of: Raw()).shapes)
        #expect(shapes.consumes.isEmpty && shapes.emits.isEmpty)
    }

    @Test("a shape comes back from its JSON Schema")
    func roundTrip() throws {
        let shape = PayloadShape(
            .record([
                ShapeField("a", .nullable(.choice(["x", "y"]))), ShapeField("b", .list(.map(.anything))),
                ShapeField("c", .oneOf([.boolean, .integerChoice([1, 2])])),
                ShapeField("d", .integer(bits: 64, isSigned: false), isRequired: false),
                ShapeField("e", .nullable(.named("T"))), ShapeField("f", .text(.base64)),
                ShapeField("g", .text(.uuid)), ShapeField("h", .number(bits: 32)), ShapeField("i", .number(bits: 0)),
            ]), definitions: ["T": .record([ShapeField("t", .nullable(.named("T")), isRequired: false)])])
        let bytes = try JSONEncoder().encode(shape)
        #expect(try JSONDecoder().decode(PayloadShape.self, from: bytes) == shape)
    }
}
