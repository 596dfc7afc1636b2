internal import Envelope
internal import EventJSON
internal import FoundationEssentials
internal import Troupe

/// Whether a JSON value has a shape: decided by decoding, so that what fits is what a handler can read.
struct ShapeMatch {
    private let shape: PayloadShape

    /// What does not fit, each as `'items[0].price' is a text, expected an integer`.
    static func problems(of value: JSONNode, _ shape: PayloadShape) -> [String] {
        ShapeMatch(shape: shape).problems(value, shape.root, at: "")
    }

    private func problems(_ value: JSONNode, _ shape: Shape, at place: String) -> [String] {
        let shape = self.shape.resolve(shape)
        switch shape {
        case .anything: return []
        case .nullable(let shape): return value.isNull ? [] : problems(value, shape, at: place)
        case .record(let fields) where value.isObject:
            return fields.flatMap { field in
                let inner = place.isEmpty ? field.name : "\(place).\(field.name)"
                guard let member = value[field.name] else {
                    return field.isRequired ? ["'\(inner)' is missing"] : []
                }
                return problems(member, field.shape, at: inner)
            }
        case .map(let shape) where value.isObject:
            return value.members.sorted { $0.name < $1.name }.flatMap {
                problems($0.value, shape, at: place.isEmpty ? $0.name : "\(place).\($0.name)")
            }
        case .list(let shape) where value.isList:
            return value.elements.enumerated().flatMap { problems($1, shape, at: "\(place)[\($0)]") }
        case .oneOf(let shapes): return problems(value, oneOf: shapes, at: place)
        default:
            return Self.fits(value, shape)
                ? [] : ["\(Self.name(place)) is \(value.words), expected \(shape.words)"]
        }
    }

    private func problems(_ value: JSONNode, oneOf shapes: [Shape], at place: String) -> [String] {
        // An enum's cases: it is decoded from an object that names exactly one of them.
        let cases = shapes.compactMap {
            if case .record(let fields) = $0, fields.count == 1 { fields[0].name } else { nil }
        }
        let named = cases.count == shapes.count ? cases.filter { value[$0] != nil } : []
        guard named.count < 2 else {
            return [
                "\(Self.name(place)) has \(named.map { "'\($0)'" }.joined(separator: " and ")), expected one of them"
            ]
        }
        let all = shapes.map { problems(value, $0, at: place) }
        return all.contains(where: \.isEmpty) ? [] : all.min { $0.count < $1.count } ?? []
    }

    private static func name(_ place: String) -> String { place.isEmpty ? "it" : "'\(place)'" }

    private static func fits(_ value: JSONNode, _ shape: Shape) -> Bool {
        switch shape {
        case .boolean: value.decode(Bool.self) != nil
        case .integer(let bits, let isSigned): fits(value, bits, isSigned)
        case .integerChoice(let numbers): value.decode(Int64.self).map(numbers.contains) ?? false
        case .number(0): value.decode(Decimal.self) != nil
        case .number(32): value.decode(Float.self) != nil
        case .number: value.decode(Double.self) != nil
        case .choice(let words): value.decode(String.self).map(words.contains) ?? false
        case .text(.uuid?): value.decode(UUID.self) != nil
        case .text(.dateTime?): value.decode(Date.self) != nil
        case .text(.base64?): value.decode(Data.self) != nil
        case .text(.uri?): value.decode(URL.self) != nil
        case .text: value.decode(String.self) != nil
        case .anything, .list, .map, .record, .oneOf, .nullable, .named: false
        }
    }

    private static func fits(_ value: JSONNode, _ bits: Int, _ isSigned: Bool) -> Bool {
        switch (bits, isSigned) {
        case (8, true): value.decode(Int8.self) != nil
        case (16, true): value.decode(Int16.self) != nil
        case (32, true): value.decode(Int32.self) != nil
        case (_, true): value.decode(Int64.self) != nil
        case (8, false): value.decode(UInt8.self) != nil
        case (16, false): value.decode(UInt16.self) != nil
        case (32, false): value.decode(UInt32.self) != nil
        case (_, false): value.decode(UInt64.self) != nil
        }
    }
}
