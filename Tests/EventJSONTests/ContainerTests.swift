internal import EventJSON
internal import Testing

struct ContainerTests {
    @Test func `members stand in the order in which they are encoded, those of a dictionary sorted`() throws {
        struct Order: Codable, Equatable {
            var total = 1980
            var id = "A-1"
            var tags = ["b": 2, "a": 1, "ab": 3, "": 0]
            var isGift = false
            var note: String?
        }
        try expectRoundTrip(
            Order(), as: #"{"total":1980,"id":"A-1","tags":{"":0,"a":1,"ab":3,"b":2},"isGift":false}"#)
        var encoder = EventJSONEncoder()
        encoder.sortsMembers = true
        #expect(
            String(decoding: try encoder.encode(Order()), as: UTF8.self)
                == #"{"id":"A-1","isGift":false,"tags":{"":0,"a":1,"ab":3,"b":2},"total":1980}"#)
    }

    @Test func `dictionaries keep string, integer and enumeration keys`() throws {
        enum Size: String, Codable, CodingKeyRepresentable { case small, large }
        enum Plain: String, Codable { case small, large }
        try expectRoundTrip(["b": [1], "a": []], as: #"{"a":[],"b":[1]}"#)
        try expectRoundTrip([2: "two", 10: "ten", -1: "minus"], as: #"{"-1":"minus","10":"ten","2":"two"}"#)
        try expectRoundTrip([Size.small: 1, .large: 2], as: #"{"large":2,"small":1}"#)
        try expectRoundTrip([Plain.small: 1], as: #"["small",1]"#)
        try expectRoundTrip([String: String?](dictionaryLiteral: ("a", nil), ("b", "x")), as: #"{"a":null,"b":"x"}"#)
        let many = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("key\($0)", $0) })
        try expectRoundTrip(many)
    }

    @Test func `enumerations with associated values and optionals within optionals survive`() throws {
        enum Payment: Codable, Equatable {
            case cash
            case card(number: String, pin: Int?)
            indirect case both(Payment, Payment)
        }
        try expectRoundTrip(Payment.cash, as: #"{"cash":{}}"#)
        try expectRoundTrip(Payment.card(number: "1", pin: nil), as: #"{"card":{"number":"1"}}"#)
        try expectRoundTrip(
            Payment.both(.cash, .card(number: "2", pin: 3)),
            as: #"{"both":{"_0":{"cash":{}},"_1":{"card":{"number":"2","pin":3}}}}"#)
        try expectRoundTrip([1, nil, 3] as [Int?], as: "[1,null,3]")
        try expectRoundTrip([String?.none, "x"], as: #"[null,"x"]"#)
        #expect(try text(Int?.none) == "null")
        #expect(try decoded(Int?.self, "null") == nil)
    }

    @Test func `what has one value stands for it`() throws {
        struct Cents: RawRepresentable, Codable, Equatable { var rawValue: Int }
        enum Colour: String, Codable { case red }
        try expectRoundTrip(Cents(rawValue: 5), as: "5")
        try expectRoundTrip(Colour.red, as: #""red""#)
        try expectRoundTrip(true, as: "true")
        expectRefused(
            [Colour].self, #"["blue"]"#, .invalid, "[0]: Cannot initialize Colour from invalid String value blue")
    }

    @Test func `a superclass encodes itself within, or beside`() throws {
        class Base: Codable {
            var id = 1
        }
        final class Within: Base {
            var name = "x"
            enum CodingKeys: String, CodingKey { case name }
            override init() { super.init() }
            required init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                name = try container.decode(String.self, forKey: .name)
                try super.init(from: container.superDecoder())
            }
            override func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try super.encode(to: container.superEncoder())
                try container.encode(name, forKey: .name)
            }
        }
        final class Beside: Base {
            var name = "x"
            enum CodingKeys: String, CodingKey { case name }
            override init() { super.init() }
            required init(from decoder: any Decoder) throws {
                name = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .name)
                try super.init(from: decoder)
            }
            override func encode(to encoder: any Encoder) throws {
                try super.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(name, forKey: .name)
            }
        }
        #expect(try text(Within()) == #"{"super":{"id":1},"name":"x"}"#)
        #expect(try text(Beside()) == #"{"id":1,"name":"x"}"#)
        let within = try decoded(Within.self, #"{"name":"y","super":{"id":7}}"#)
        #expect((within.id, within.name) == (7, "y"))
        let beside = try decoded(Beside.self, #"{"name":"y","id":7}"#)
        #expect((beside.id, beside.name) == (7, "y"))
    }

    @Test func `nested containers may be written in any order, and read so`() throws {
        struct Interleaved: Codable, Equatable {
            enum Key: String, CodingKey { case first, second, last, inner }
            init() {}
            init(from decoder: any Decoder) throws {
                let object = try decoder.container(keyedBy: Key.self)
                let first = try object.nestedContainer(keyedBy: Key.self, forKey: .first)
                var second = try object.nestedUnkeyedContainer(forKey: .second)
                let inner = try first.nestedContainer(keyedBy: Key.self, forKey: .inner)
                #expect(try object.decode(Int.self, forKey: .last) == 4)
                #expect(try inner.decode(Int.self, forKey: .last) == 3)
                #expect(second.count == 3)
                #expect(try second.decode(Int.self) == 1)
                var third = try second.nestedUnkeyedContainer()
                #expect(try second.superDecoder().singleValueContainer().decode(String.self) == "s")
                #expect(second.isAtEnd && third.currentIndex == 0)
                #expect(try third.decodeNil() && third.isAtEnd)
            }
            func encode(to encoder: any Encoder) throws {
                var object = encoder.container(keyedBy: Key.self)
                var first = object.nestedContainer(keyedBy: Key.self, forKey: .first)
                var second = object.nestedUnkeyedContainer(forKey: .second)
                try object.encode(4, forKey: .last)
                try second.encode(1)
                var inner = first.nestedContainer(keyedBy: Key.self, forKey: .inner)
                var third = second.nestedUnkeyedContainer()
                try first.encode(2, forKey: .second)
                try inner.encode(3, forKey: .last)
                var single = second.superEncoder().singleValueContainer()
                try third.encodeNil()
                try single.encode("s")
            }
        }
        try expectRoundTrip(
            Interleaved(), as: #"{"first":{"inner":{"last":3},"second":2},"second":[1,[null],"s"],"last":4}"#)
        var encoder = EventJSONEncoder()
        encoder.sortsMembers = true
        #expect(
            String(decoding: try encoder.encode(Interleaved()), as: UTF8.self)
                == #"{"first":{"inner":{"last":3},"second":2},"last":4,"second":[1,[null],"s"]}"#)
    }

    @Test func `the user's info reaches those who code`() throws {
        struct Curious: Codable {
            static let key = CodingUserInfoKey(rawValue: "tenant")!
            var tenant: String
            init() { tenant = "" }
            init(from decoder: any Decoder) throws { tenant = decoder.userInfo[Self.key] as? String ?? "" }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                try container.encode(encoder.userInfo[Self.key] as? String)
            }
        }
        var decoder = EventJSONDecoder()
        decoder.userInfo[Curious.key] = "acme"
        #expect(try decoder.decode(Curious.self, from: Array("1".utf8)).tenant == "acme")
        var encoder = EventJSONEncoder()
        encoder.userInfo[Curious.key] = "acme"
        #expect(String(decoding: try encoder.encode(Curious()), as: UTF8.self) == #""acme""#)
    }
}
