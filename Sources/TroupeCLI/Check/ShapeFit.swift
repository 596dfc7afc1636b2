internal import Troupe

/// Whether what an emitter sends can be decoded by a consumer.
struct ShapeFit {
    /// What does not fit, and where.
    struct Misfit: Hashable {
        /// `items[].price`; empty for the whole payload.
        var field: String
        /// Whether some value of the emitter's type is sure to be refused for its type; else it depends on the value.
        var isSure: Bool
        var kind: Kind
    }

    enum Kind: Hashable {
        /// Required and never sent.
        case missing
        /// Required and only sometimes sent.
        case optional
        /// Sent as null, which is not expected.
        case null
        case type(sent: String, expected: String)
        /// Cases that are sent and not known.
        case unknownCases([String])
        /// More values than expected of the same type.
        case wider(sent: String, expected: String)
    }

    private struct Pair: Hashable {
        let sent: Shape
        let expected: Shape
    }

    private let sent: PayloadShape
    private let expected: PayloadShape
    private var seen: Set<Pair> = []

    /// Everything of `sent` that does not fit `expected`, in the order of its fields.
    static func misfits(sent: PayloadShape, expected: PayloadShape) -> [Misfit] {
        var fit = ShapeFit(sent: sent, expected: expected)
        return fit.compare(sent.root, expected.root, at: "")
    }

    private init(sent: PayloadShape, expected: PayloadShape) {
        self.sent = sent
        self.expected = expected
    }

    private mutating func compare(_ left: Shape, _ right: Shape, at place: String) -> [Misfit] {
        if isNamed(left) || isNamed(right) {
            guard seen.insert(Pair(sent: left, expected: right)).inserted else { return [] }
            return compare(sent.resolve(left), expected.resolve(right), at: place)
        }
        switch (left, right) {
        case (.anything, _), (_, .anything): return []
        case (.nullable(let left), .nullable(let right)), (let left, .nullable(let right)):
            return compare(left, right, at: place)
        case (.nullable(let left), _):
            return [Misfit(field: place, isSure: true, kind: .null)] + compare(left, right, at: place)
        case (.oneOf(let shapes), _): return shapes.flatMap { compare($0, right, at: place) }
        case (_, .oneOf(let shapes)): return compare(left, with: shapes, at: place)
        case (.record(let left), .record(let right)): return compare(left, right, at: place)
        case (.record(let fields), .map(let value)):
            return fields.flatMap { compare(Self.whenThere($0), value, at: Self.join(place, $0.name)) }
        case (.map(let value), .record(let fields)):
            return fields.flatMap { field in
                let inner = Self.join(place, field.name)
                return (field.isRequired ? [Misfit(field: inner, isSure: false, kind: .optional)] : [])
                    + compare(value, Self.whenThere(field), at: inner)
            }
        case (.map(let left), .map(let right)): return compare(left, right, at: Self.join(place, "*"))
        case (.list(let left), .list(let right)): return compare(left, right, at: place + "[]")
        default: return Self.scalar(left, right).map { [Misfit(field: place, isSure: $0.isSure, kind: $0.kind)] } ?? []
        }
    }

    private mutating func compare(_ left: [ShapeField], _ right: [ShapeField], at place: String) -> [Misfit] {
        var misfits: [Misfit] = []
        for field in right {
            let inner = Self.join(place, field.name)
            guard let sent = left.first(where: { $0.name == field.name }) else {
                if field.isRequired { misfits.append(Misfit(field: inner, isSure: true, kind: .missing)) }
                continue
            }
            if field.isRequired, !sent.isRequired {
                misfits.append(Misfit(field: inner, isSure: true, kind: .optional))
            }
            misfits += compare(Self.whenThere(sent), field.shape, at: inner)
        }
        return misfits
    }

    private mutating func compare(_ left: Shape, with shapes: [Shape], at place: String) -> [Misfit] {
        var best: [Misfit]?
        for shape in shapes {
            // Each is tried as if it were the only one.
            var trial = self
            let misfits = trial.compare(left, shape, at: place)
            if !misfits.contains(where: \.isSure) { return misfits }
            if misfits.count < best?.count ?? .max { best = misfits }
        }
        if case .record(let fields) = left, fields.count == 1 {
            let known = shapes.flatMap { shape -> [String] in
                if case .record(let fields) = shape { fields.map(\.name) } else { [] }
            }
            if !known.contains(fields[0].name) {
                return [Misfit(field: place, isSure: true, kind: .unknownCases([fields[0].name]))]
            }
        }
        return best ?? []
    }

    private func isNamed(_ shape: Shape) -> Bool { if case .named = shape { true } else { false } }

    /// What stands in a field, if it is there: one that may be absent is not sent as null besides.
    private static func whenThere(_ field: ShapeField) -> Shape {
        if !field.isRequired, case .nullable(let shape) = field.shape { return shape }
        return field.shape
    }

    private static func join(_ place: String, _ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    private static func scalar(_ left: Shape, _ right: Shape) -> (isSure: Bool, kind: Kind)? {
        let words = (left.words, right.words)
        let isWider: Bool
        switch (left, right) {
        case (.boolean, .boolean): return nil
        case (.choice(let sent), .choice(let known)):
            let unknown = sent.filter { !known.contains($0) }
            return unknown.isEmpty ? nil : (true, .unknownCases(unknown))
        case (.integerChoice(let sent), .integerChoice(let known)):
            let unknown = sent.filter { !known.contains($0) }
            return unknown.isEmpty ? nil : (true, .unknownCases(unknown.map { "\($0)" }))
        case (.integerChoice(let sent), .integer(let bits, let isSigned)):
            isWider = sent.contains { !IntegerRange(bits, isSigned).contains($0) }
        case (.integer, .integerChoice): isWider = true
        case (.integer(let bits, let isSigned), .integer(let others, let areSigned)):
            isWider = !IntegerRange(bits, isSigned).fits(in: IntegerRange(others, areSigned))
        case (.integer, .number), (.integerChoice, .number): return nil
        case (.number(let bits), .number(let others)): isWider = others == 32 && bits != 32
        case (.choice, .text(let format)): isWider = format != nil
        case (.text(let format), .text(let other)):
            if other == nil || format == other { return nil }
            guard format == nil else { return (true, .type(sent: words.0, expected: words.1)) }
            isWider = true
        case (.text(let format), .choice):
            guard format == nil else { return (true, .type(sent: words.0, expected: words.1)) }
            isWider = true
        default: return (true, .type(sent: words.0, expected: words.1))
        }
        return isWider ? (false, .wider(sent: words.0, expected: words.1)) : nil
    }
}

/// The values of an integer type.
struct IntegerRange {
    private let least: Int64
    private let most: UInt64

    init(_ bits: Int, _ isSigned: Bool) {
        least = isSigned ? Int64.min >> (64 - bits) : 0
        most = isSigned ? UInt64(Int64.max >> (64 - bits)) : UInt64.max >> (64 - bits)
    }

    func contains(_ number: Int64) -> Bool { number >= least && (number < 0 || UInt64(number) <= most) }
    func contains(_ number: UInt64) -> Bool { number <= most }
    func fits(in other: IntegerRange) -> Bool { least >= other.least && most <= other.most }
}

extension Shape {
    /// What people call it.
    var words: String {
        switch self {
        case .anything: return "anything"
        case .boolean: return "true or false"
        case .integer(64, true): return "an integer"
        case .integer(let bits, true): return "an integer of \(bits) bits"
        case .integer(let bits, false): return "an unsigned integer of \(bits) bits"
        case .number(32): return "a number of 32 bits"
        case .number: return "a number"
        case .text(nil): return "a text"
        case .text(.dateTime?): return "a date and time (RFC 3339)"
        case .text(.date?): return "a date (RFC 3339)"
        case .text(.uuid?): return "a UUID"
        case .text(.uri?): return "a URI"
        case .text(.base64?): return "bytes in base64"
        case .text(let format?): return "a text of format \(format.rawValue)"
        case .choice(let words): return "one of " + words.map { "'\($0)'" }.joined(separator: ", ")
        case .integerChoice(let numbers): return "one of " + numbers.map { "\($0)" }.joined(separator: ", ")
        case .list: return "a list"
        case .map, .record, .named: return "an object"
        case .oneOf(let shapes): return "one of \(shapes.count) shapes"
        case .nullable(let shape): return shape.words + " or null"
        }
    }
}
