internal import EventJSON
internal import Testing

struct ErrorTests {
    private struct Item: Codable {
        var sku: String
        var price: Double
    }

    private struct Order: Codable {
        var id: String
        var items: [Item]
    }

    @Test func `an error says where it is and what was expected`() {
        expectRefused(
            Order.self, #"{"id":"A","items":[{"sku":"a","price":1},{"sku":"b","price":2},{"sku":"c","price":"3"}]}"#,
            .mismatch, "items[2].price: expected a number, found a string")
        expectRefused(Order.self, #"{"id":"A","items":[{"sku":"a"}]}"#, .missing, "items[0].price: missing")
        expectRefused(Order.self, #"{"id":null,"items":[]}"#, .mismatch, "id: expected a string, found null")
        expectRefused(Order.self, #"{"id":"A","items":{}}"#, .mismatch, "items: expected an array, found an object")
        expectRefused(Order.self, "[]", .mismatch, "expected an object, found an array")
        expectRefused([[Bool]].self, "[[],[true,0]]", .mismatch, "[1][1]: expected true or false, found a number")
        expectRefused(
            Order.self, "{\"id\":\n \"A\" \"items\"", .malformed, "Line 2, column 6: expected ',' or '}', found '\"'.")
        expectRefused(Order.self, "", .malformed, "Line 1, column 1: expected a value, found the end.")
    }

    @Test func `an error in a number shows its beginning`() {
        expectRefused(Int.self, "1.5", .unrepresentable, "1.5 does not fit Int")
        let long = String(repeating: "1", count: 100)
        expectRefused(
            Int.self, long, .unrepresentable, String(repeating: "1", count: 40) + "… does not fit Int")
    }

    @Test func `a type's own errors come through`() {
        struct Own: Error {}
        struct Choosy: Codable {
            init() {}
            init(from decoder: any Decoder) throws { throw Own() }
            func encode(to encoder: any Encoder) throws { throw Own() }
        }
        #expect(throws: Own.self) { try decoded([Choosy].self, "[1]") }
        #expect(throws: Own.self) { try text([Choosy()]) }
    }

    @Test func `a decoder goes on after an error that was caught`() throws {
        struct Lenient: Decodable {
            var values: [Int] = []
            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                while !container.isAtEnd {
                    if let value = try? container.decode(Int.self) {
                        values.append(value)
                    } else {
                        #expect(throws: DecodingError.self) { try container.decode(Bool.self) }
                        _ = try container.decode(String.self)
                    }
                }
                #expect(throws: DecodingError.self) { try container.decode(Int.self) }
                #expect(throws: DecodingError.self) { try container.decodeNil() }
            }
        }
        #expect(try decoded(Lenient.self, #"[1,"x",2]"#).values == [1, 2])
    }

    @Test func `what is encoded in part and fails is taken back`() throws {
        struct Half: Encodable {
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: AnyJSON.Name.self)
                try container.encode([1], forKey: AnyJSON.Name(stringValue: "a"))
                try container.encode([1, .nan], forKey: AnyJSON.Name(stringValue: "b"))
            }
        }
        struct Whole: Encodable {
            func encode(to encoder: any Encoder) throws {
                var container = encoder.unkeyedContainer()
                try container.encode(1)
                let error = #expect(throws: EncodingError.self) { try container.encode(Half()) }
                guard case .invalidValue(_, let context) = error else { return }
                #expect(context.codingPath.map(\.stringValue) == ["Index 1", "b", "Index 1"])
                try container.encode(2)
            }
        }
        #expect(try text(Whole()) == "[1,2]")
        let error = #expect(throws: EventJSONError.self) { try text(["x": [Half()]]) }
        #expect(error?.path == "x[0].b[1]")
    }

    @Test func `what leaves no valid JSON is an error`() throws {
        struct Nothing: Encodable { func encode(to encoder: any Encoder) {} }
        struct Twice: Encodable {
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: AnyJSON.Name.self)
                for value in 1...2 { try container.encode(value, forKey: AnyJSON.Name(stringValue: "a")) }
            }
        }
        struct Both: Encodable {
            func encode(to encoder: any Encoder) throws {
                _ = encoder.container(keyedBy: AnyJSON.Name.self)
                var container = encoder.unkeyedContainer()
                try container.encode(1)
            }
        }
        struct Late: Encodable {
            struct Inner: Encodable {
                let outer: any Encoder
                func encode(to encoder: any Encoder) throws {
                    var container = outer.unkeyedContainer()
                    try container.encode(1)
                }
            }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.unkeyedContainer()
                try container.encode(Inner(outer: encoder))
            }
        }
        for (value, reason) in [
            (Nothing(), "encoded nothing"), (Twice(), #"encoded the member "a" twice"#),
            (Both(), "encoded itself twice, as object and as array"),
            (Late(), "a container was written to while another value encoded itself, or after its own had"),
        ] as [(any Encodable, String)] {
            let error = #expect(throws: EventJSONError.self) { try text(value) }
            #expect(error?.code == .unencodable)
            #expect(error?.reason == reason)
        }
        #expect(try text([Nothing()]) == "[{}]")
    }
}
