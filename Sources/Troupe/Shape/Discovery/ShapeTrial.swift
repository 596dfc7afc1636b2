/// Decodes a type again and again with different samples, until it is known what the type asks for.
struct ShapeTrial {
    /// The most decodings that one type is tried with.
    private static let limit = 64

    private let finder: ShapeFinder

    init(_ finder: ShapeFinder) { self.finder = finder }

    /// Finds out about a type that is neither a basic value nor a collection.
    func explore<T: Decodable>(_ type: T.Type) -> ShapeFinder.Found {
        if let found = enumeration(type) { return found }
        for isFull in [false, true] {
            for seed in 0..<ShapeSamples.seeds {
                let pass = ShapePass(seed: seed, isFull: isFull)
                if let (probe, value) = attempt(type, pass) { return branch(type, probe, value, pass) }
            }
        }
        return .init(shape: .anything, values: [])
    }

    private func attempt<T: Decodable>(_ type: T.Type, _ pass: ShapePass) -> (ShapeProbe, T)? {
        let probe = ShapeProbe(finder, ShapeRun(pass))
        guard let value = try? T(from: probe) else { return nil }
        return (probe, value)
    }

    /// An enumeration with raw values, unless its decoding makes something else of them.
    private func enumeration<T: Decodable>(_ type: T.Type) -> ShapeFinder.Found? {
        guard let (values, shape, raws) = FieldlessEnum.raw(of: type) else { return nil }
        func decodes(_ raw: any RawDecodable) -> Bool {
            let run = ShapeRun(ShapePass())
            run.single = raw
            return (try? T(from: ShapeProbe(finder, run))) != nil
        }
        guard raws.allSatisfy(decodes) else { return nil }
        // Some take what they do not know for a case of theirs.
        if case .choice = shape, decodes("\u{1}") { return .init(shape: .text(nil), values: values) }
        return .init(shape: shape, values: values, isChoice: true)
    }

    /// Follows the values that the type's own decoding may have looked at, and tells apart what it asks for then.
    private func branch<T: Decodable>(
        _ type: T.Type, _ probe: ShapeProbe, _ value: T, _ pass: ShapePass
    ) -> ShapeFinder.Found {
        var base = probe.shape
        if probe.run.looksForKeys, !pass.isFull {
            var full = pass
            full.isFull = true
            if let (other, _) = attempt(type, full) { base = base.addingOptional(other.shape) }
        }
        var left = Self.limit
        for (index, point) in probe.run.points.enumerated() where point.count <= left {
            left -= point.count
            var shapes: [(shape: Shape, choices: [Int])] = []
            for choice in 0..<point.count {
                var other = pass
                other.choices = Array(repeating: 0, count: index) + [choice]
                guard let (probe, _) = attempt(type, other) else { continue }
                let shape = probe.shape.without(point.key)
                if let same = shapes.firstIndex(where: { $0.shape == shape }) {
                    shapes[same].choices.append(choice)
                } else {
                    shapes.append((shape, [choice]))
                }
            }
            let isWhole = shapes.count == 1 && shapes[0].choices.count == point.count
            if isWhole, point.key != nil { continue }
            let variants = shapes.map { $0.shape.with(point, $0.choices) }
            return .init(shape: variants.count == 1 ? variants[0] : .oneOf(variants), values: [value])
        }
        return .init(shape: base, values: [value])
    }
}

extension Shape {
    /// A record without a field.
    fileprivate func without(_ key: String?) -> Shape {
        guard case .record(let fields) = self, let key else { return self }
        return .record(fields.filter { $0.name != key })
    }

    /// A record with the field that was chosen by, of which only some values lead here.
    fileprivate func with(_ point: ShapeRun.Point, _ choices: [Int]) -> Shape {
        guard case .record(let fields) = self, let key = point.key else { return self }
        let shape: Shape =
            switch point.shape {
            case .choice(let words): .choice(choices.map { words[$0] })
            case .integerChoice(let numbers): .integerChoice(choices.map { numbers[$0] })
            default: point.shape
            }
        return .record([ShapeField(key, shape)] + fields)
    }

    /// A record with the fields that another has besides.
    fileprivate func addingOptional(_ other: Shape) -> Shape {
        guard case .record(let fields) = self, case .record(let others) = other else { return other }
        let seen = Dictionary(others.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let mine = fields.map { $0.shape == .anything ? seen[$0.name] ?? $0 : $0 }
        let names = Set(fields.map(\.name))
        return .record(
            mine
                + others.filter { !names.contains($0.name) }.map { ShapeField($0.name, $0.shape, isRequired: false) })
    }
}
