internal import Envelope
internal import Troupe

/// Whether a JSON value has a shape.
struct ShapeMatch {
    private let shape: PayloadShape

    /// What does not fit, each as `'items[0].price' is a text, expected an integer`.
    static func problems(of value: JSONValue, _ shape: PayloadShape) -> [String] {
        ShapeMatch(shape: shape).problems(value, shape.root, at: "")
    }

    private func problems(_ value: JSONValue, _ shape: Shape, at place: String) -> [String] {
        let shape = self.shape.resolve(shape)
        switch (shape, value) {
        case (.anything, _), (.nullable, .null): return []
        case (.nullable(let shape), _): return problems(value, shape, at: place)
        case (.record(let fields), .object(let members)):
            return fields.flatMap { field in
                let inner = place.isEmpty ? field.name : "\(place).\(field.name)"
                guard let member = members[field.name] else {
                    return field.isRequired ? ["'\(inner)' is missing"] : []
                }
                return problems(member, field.shape, at: inner)
            }
        case (.map(let shape), .object(let members)):
            return members.sorted { $0.key < $1.key }.flatMap {
                problems($0.value, shape, at: place.isEmpty ? $0.key : "\(place).\($0.key)")
            }
        case (.list(let shape), .list(let elements)):
            return elements.enumerated().flatMap { problems($1, shape, at: "\(place)[\($0)]") }
        case (.oneOf(let shapes), _):
            let all = shapes.map { problems(value, $0, at: place) }
            return all.contains(where: \.isEmpty) ? [] : all.min { $0.count < $1.count } ?? []
        default:
            return Self.fits(value, shape)
                ? [] : ["\(Self.name(place)) is \(Self.words(value)), expected \(shape.words)"]
        }
    }

    private static func name(_ place: String) -> String { place.isEmpty ? "it" : "'\(place)'" }

    private static func words(_ value: JSONValue) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .unsigned(let number): "\(number)"
        case .text(let text) where text.count <= 40: "the text '\(text)'"
        default: value.kind
        }
    }

    private static func fits(_ value: JSONValue, _ shape: Shape) -> Bool {
        switch (shape, value) {
        case (.boolean, .bool), (.number, .integer), (.number, .unsigned), (.number, .number), (.text(nil), .text):
            true
        case (.integer(let bits, let isSigned), .integer(let number)): IntegerRange(bits, isSigned).contains(number)
        case (.integer(let bits, let isSigned), .unsigned(let number)): IntegerRange(bits, isSigned).contains(number)
        case (.integerChoice(let numbers), .integer(let number)): numbers.contains(number)
        case (.choice(let words), .text(let text)): words.contains(text)
        case (.text(.uuid?), .text(let text)): isUUID(text)
        case (.text(.dateTime?), .text(let text)): isDateTime(text)
        case (.text, .text): true
        default: false
        }
    }

    private static func isUUID(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12]
            && parts.joined().allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    }

    /// As far as to tell a date and time from another text.
    private static func isDateTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 19 else { return false }
        return bytes.prefix(19).enumerated().allSatisfy { index, byte in
            switch index {
            case 4, 7: byte == UInt8(ascii: "-")
            case 10: byte == UInt8(ascii: "T") || byte == UInt8(ascii: "t")
            case 13, 16: byte == UInt8(ascii: ":")
            default: (0x30...0x39).contains(byte)
            }
        }
    }
}
