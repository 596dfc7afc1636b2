internal import FoundationEssentials

extension PayloadShape {
    /// Corrects the shape by what a sample with as little as possible is encoded to: what is there is always there,
    /// whether or not its decoding could do without.
    mutating func noteEncoding(of sample: any EventPayload) {
        guard let bytes = try? PayloadCoder.encode(sample),
            let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        else { return }
        root = root.encoded(as: value)
    }
}

extension Shape {
    fileprivate func encoded(as value: JSONValue) -> Shape {
        switch (self, value) {
        case (.record(let fields), .object(let members)):
            let names = Set(fields.map(\.name))
            let known = fields.map { field in
                guard let member = members[field.name] else { return field }
                return ShapeField(field.name, field.shape.encoded(as: member))
            }
            let others = members.filter { !names.contains($0.key) }.sorted { $0.key < $1.key }
            return .record(known + others.map { ShapeField($0.key, Shape(of: $0.value)) })
        case (.nullable, .null): return self
        case (.nullable(let shape), _): return shape.encoded(as: value)
        case (.anything, _), (.named, _), (.oneOf, _): return self
        default: return isLike(value) ? self : Shape(of: value)
        }
    }

    private func isLike(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.boolean, .bool), (.integer, .integer), (.integer, .unsigned), (.integerChoice, .integer),
            (.number, .integer), (.number, .unsigned), (.number, .number), (.text, .text), (.choice, .text),
            (.list, .list), (.map, .object), (.record, .object):
            true
        default: false
        }
    }

    /// As much as one value tells.
    fileprivate init(of value: JSONValue) {
        switch value {
        case .null: self = .nullable(.anything)
        case .bool: self = .boolean
        case .integer, .unsigned: self = .integer(bits: 64, isSigned: true)
        case .number: self = .number(bits: 64)
        case .text: self = .text(nil)
        case .list: self = .list(.anything)
        case .object(let members):
            self = .record(members.sorted { $0.key < $1.key }.map { ShapeField($0.key, Shape(of: $0.value)) })
        }
    }
}
