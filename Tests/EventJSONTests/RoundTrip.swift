internal import EventJSON
internal import Testing

func text(_ value: some Encodable) throws -> String {
    String(decoding: try EventJSONEncoder().encode(value), as: UTF8.self)
}

func decoded<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
    try EventJSONDecoder().decode(type, from: Array(text.utf8))
}

/// Expects that a value reads back as it was, by itself and within an array, an object and an optional.
func expectRoundTrip<T: Codable & Equatable>(
    _ value: T, as expected: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let text = try text(value)
    if let expected { #expect(text == expected, sourceLocation: sourceLocation) }
    #expect(try decoded(T.self, text) == value, sourceLocation: sourceLocation)
    let wrapped = Wrapped(one: value, some: [value, value], maybe: value)
    #expect(try decoded(Wrapped<T>.self, EventJSONTests.text(wrapped)) == wrapped, sourceLocation: sourceLocation)
}

/// Expects a refusal with this code, saying this.
func expectRefused<T: Decodable>(
    _ type: T.Type, _ text: String, _ code: EventJSONError.Code, _ description: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let error = #expect(throws: EventJSONError.self, sourceLocation: sourceLocation) { try decoded(type, text) }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    #expect(error?.description == description, sourceLocation: sourceLocation)
}

struct Wrapped<Value: Codable & Equatable>: Codable, Equatable {
    var one: Value
    var some: [Value]
    var maybe: Value?
    var none: Value?
}
