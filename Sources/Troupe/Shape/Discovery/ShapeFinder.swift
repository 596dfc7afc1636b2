/// Finds out the shapes of types by decoding sample values with a decoder that notes what is asked of it.
///
/// Used for `--describe` alone; a handler that runs does none of it.
final class ShapeFinder {
    /// What is known of a type.
    struct Found {
        var shape: Shape
        /// Values of the type: one for each of ``ShapeSamples/seeds``, the last for those beyond; none if no sample decodes.
        var values: [Any]
        /// Whether `values` are all values of the type, in the order of the shape's choices.
        var isChoice = false
    }

    private(set) var definitions: [String: Shape] = [:]
    private var known: [ObjectIdentifier: Found] = [:]
    private var open: [ObjectIdentifier] = []
    private var recursive: Set<ObjectIdentifier> = []
    private var names: [ObjectIdentifier: String] = [:]

    /// The shape of what a payload is decoded from.
    static func consumed(_ type: any EventPayload.Type) -> PayloadShape {
        let finder = ShapeFinder()
        let found = finder.find(type)
        return PayloadShape(found.shape, definitions: finder.definitions)
    }

    /// The shape of what a payload is encoded to: as it is decoded, but for what the encoding of a sample shows.
    static func emitted(_ type: any EventPayload.Type) -> PayloadShape {
        let finder = ShapeFinder()
        let found = finder.find(type)
        var shape = PayloadShape(found.shape, definitions: finder.definitions)
        guard !(type is any Shaped.Type), let sample = found.values.first as? any EventPayload else { return shape }
        shape.noteEncoding(of: sample)
        return shape
    }

    func find(_ type: any Decodable.Type) -> Found {
        let id = ObjectIdentifier(type)
        if let found = known[id] { return found }
        if let found = ShapeSamples.basic(type) { return found }
        if let collection = type as? any ShapedCollection.Type { return collection.found(by: self) }
        guard !open.contains(id) else {
            recursive.insert(id)
            return Found(shape: .named(name(of: type)), values: [])
        }
        open.append(id)
        var found = ShapeTrial(self).explore(type)
        if let shaped = type as? any Shaped.Type { found.shape = shaped.shape }
        open.removeLast()
        if recursive.contains(id) {
            definitions[name(of: type)] = found.shape
            found.shape = .named(name(of: type))
        }
        known[id] = found
        return found
    }

    /// A name for a definition: letters, digits and `_`.
    private func name(of type: Any.Type) -> String {
        let id = ObjectIdentifier(type)
        if let name = names[id] { return name }
        let base = String("\(type)".map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        let same = names.values.filter { $0 == base || $0.hasPrefix(base + "_") }.count
        let name = same == 0 ? base : "\(base)_\(same + 1)"
        names[id] = name
        return name
    }
}

/// A collection or optional, whose elements' shape is found without decoding the whole.
protocol ShapedCollection {
    static func found(by finder: ShapeFinder) -> ShapeFinder.Found
}

extension Array: ShapedCollection where Element: Decodable {
    static func found(by finder: ShapeFinder) -> ShapeFinder.Found {
        let element = finder.find(Element.self)
        let one = (element.values.first as? Element).map { [$0] }
        return .init(shape: .list(element.shape), values: [[Element]()] + (one.map { [$0] } ?? []))
    }
}

extension Set: ShapedCollection where Element: Decodable {
    static func found(by finder: ShapeFinder) -> ShapeFinder.Found {
        let element = finder.find(Element.self)
        let one = (element.values.first as? Element).map { Set([$0]) }
        return .init(shape: .list(element.shape), values: [Set<Element>()] + (one.map { [$0] } ?? []))
    }
}

extension Optional: ShapedCollection where Wrapped: Decodable {
    static func found(by finder: ShapeFinder) -> ShapeFinder.Found {
        let wrapped = finder.find(Wrapped.self)
        let one = (wrapped.values.first as? Wrapped).map { Wrapped?.some($0) }
        return .init(shape: .nullable(wrapped.shape), values: [Wrapped?.none as Any] + (one.map { [$0 as Any] } ?? []))
    }
}

extension Dictionary: ShapedCollection where Key: Decodable, Value: Decodable {
    static func found(by finder: ShapeFinder) -> ShapeFinder.Found {
        let isKeyed = Key.self is String.Type || Key.self is Int.Type || Key.self is any CodingKeyRepresentable.Type
        // Other keys make a list in which keys and values take turns.
        let shape: Shape = isKeyed ? .map(finder.find(Value.self).shape) : .list(.anything)
        return .init(shape: shape, values: [[Key: Value]()])
    }
}
