/// The shape of an event's data, with the named shapes that it refers to.
public struct PayloadShape: Hashable, Sendable {
    public var root: Shape
    /// Shapes that contain themselves, by name.
    public var definitions: [String: Shape]

    public init(_ root: Shape, definitions: [String: Shape] = [:]) {
        self.root = root
        self.definitions = definitions
    }

    /// A shape behind its names; ``Shape/anything`` when a name is not defined.
    package func resolve(_ shape: Shape) -> Shape {
        var shape = shape
        for _ in 0...definitions.count {
            guard case .named(let name) = shape else { return shape }
            shape = definitions[name] ?? .anything
        }
        return .anything
    }
}

/// Encodes as JSON Schema, draft 2020-12.
extension PayloadShape: Codable {
    public init(from decoder: any Decoder) throws { self.init(schema: try JSONValue(from: decoder)) }

    public func encode(to encoder: any Encoder) throws { try schema.encode(to: encoder) }
}
