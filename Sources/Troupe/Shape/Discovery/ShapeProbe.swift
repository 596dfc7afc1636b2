/// Which samples a decoding is given.
struct ShapePass {
    /// Which of the samples of each type.
    var seed = 0
    /// Whether optional fields are there.
    var isFull = false
    /// What is chosen, in the order of asking; beyond these the first.
    var choices: [Int] = []
}

/// One decoding of a type with samples.
final class ShapeRun {
    /// A value that the type's own decoding may decide by.
    struct Point {
        /// The field; nil for which key is there.
        var key: String?
        var shape: Shape
        /// How many values there are.
        var count: Int
    }

    let pass: ShapePass
    private(set) var points: [Point] = []
    /// Whether it was asked which keys are there.
    var looksForKeys = false
    /// The one value that is there, for types that are no more than one.
    var single: (any RawDecodable)?

    init(_ pass: ShapePass) { self.pass = pass }

    /// Notes a choice and makes it.
    func choose(_ point: Point) -> Int {
        points.append(point)
        return points.count <= pass.choices.count ? pass.choices[points.count - 1] : 0
    }
}

/// No sample of what was asked for.
struct ShapeProbeError: Error {}

/// A decoder that has samples for whatever it is asked, and notes what that is.
final class ShapeProbe: Decoder {
    enum Seen {
        case nothing
        case single(Shape)
        case list([Shape])
        case record
    }

    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    let finder: ShapeFinder
    let run: ShapeRun
    private let isInner: Bool
    private var seen = Seen.nothing
    private var fields: [(name: String, shape: () -> Shape, isRequired: Bool)] = []
    private var optional: Set<String> = []
    private var nullable: Set<String> = []
    private var hasAnyKeys = false

    init(_ finder: ShapeFinder, _ run: ShapeRun, isInner: Bool = false) {
        self.finder = finder
        self.run = run
        self.isInner = isInner
    }

    /// What was asked for.
    var shape: Shape {
        switch seen {
        case .nothing: .record([])
        case .single(let shape): shape
        case .list(let shapes): .list(Set(shapes).count == 1 ? shapes[0] : .anything)
        case .record: record
        }
    }

    private var record: Shape {
        var all = fields.map { ShapeField($0.name, $0.shape(), isRequired: $0.isRequired) }
        let names = Set(all.map(\.name))
        all += optional.subtracting(names).sorted().map { ShapeField($0, .anything, isRequired: false) }
        return all.isEmpty && hasAnyKeys ? .map(.anything) : .record(all)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        seen = .record
        return KeyedDecodingContainer(ShapeKeyedContainer(self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        seen = .list([])
        return ShapeUnkeyedContainer(self)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { ShapeSingleContainer(self) }

    /// A sample; `key` is the field that it is of, where the type itself may decide by it.
    func sample<T: Decodable>(_ type: T.Type, key: String? = nil, note: (Shape) -> Void) throws -> T {
        let found = finder.find(type)
        note(found.shape)
        if let single = run.single {
            guard let value = single as? T else { throw ShapeProbeError() }
            return value
        }
        guard !found.values.isEmpty else { throw ShapeProbeError() }
        let index =
            if found.isChoice, !isInner, let key {
                run.choose(.init(key: key, shape: found.shape, count: found.values.count))
            } else if found.isChoice { 0 } else { min(run.pass.seed, found.values.count - 1) }
        guard let value = found.values[index] as? T else { throw ShapeProbeError() }
        return value
    }

    func noteSingle(_ shape: Shape) { seen = .single(shape) }

    func noteElement(_ shape: Shape) {
        if case .list(let shapes) = seen { seen = .list(shapes + [shape]) }
    }

    // MARK: fields

    /// Notes that it was asked whether a key is there. Returns whether it is.
    func contains(_ key: String) -> Bool {
        run.looksForKeys = true
        optional.insert(key)
        return run.pass.isFull
    }

    /// Notes that it was asked whether a field is null. Returns whether it is.
    func isNull(_ key: String) -> Bool {
        run.looksForKeys = true
        nullable.insert(key)
        return !run.pass.isFull
    }

    /// All keys of an enumeration of keys: one, as an enumeration with associated values has it.
    func keys<Key: CodingKey>(_ type: Key.Type) -> [Key] {
        guard let keys = FieldlessEnum.cases(of: type), !isInner else {
            hasAnyKeys = true
            return []
        }
        return [keys[run.choose(.init(key: nil, shape: .anything, count: keys.count))]]
    }

    func noteField(_ key: String, _ shape: @escaping () -> Shape, isRequired: Bool) {
        guard !fields.contains(where: { $0.name == key }) else { return }
        let isNullable = nullable.contains(key)
        fields.append(
            (key, { isNullable ? .nullable(shape()) : shape() }, isRequired && !optional.contains(key)))
    }

    /// The decoder of what lies inside.
    func inner(_ key: String?) -> ShapeProbe {
        let probe = ShapeProbe(finder, run, isInner: true)
        if let key { noteField(key, { probe.shape }, isRequired: true) }
        return probe
    }
}
