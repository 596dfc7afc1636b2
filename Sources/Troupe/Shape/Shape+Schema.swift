extension PayloadShape {
    private static let dialect = "https://json-schema.org/draft/2020-12/schema"
    /// Where a schema of ours keeps its definitions.
    package static let definitionsPlace = "#/$defs/"

    /// The shape as JSON Schema, draft 2020-12.
    package var schema: JSONValue {
        var members = root.schema(Self.definitionsPlace).object ?? [:]
        members["$schema"] = .text(Self.dialect)
        if !definitions.isEmpty {
            members["$defs"] = .object(definitions.mapValues { $0.schema(Self.definitionsPlace) })
        }
        return .object(members)
    }

    /// Reads what ``schema`` writes; what is unknown becomes ``Shape/anything``.
    package init(schema: JSONValue) {
        self.init(Shape(schema: schema), definitions: schema["$defs"]?.object?.mapValues { Shape(schema: $0) } ?? [:])
    }
}

extension Shape {
    /// The shape as JSON Schema; named shapes are looked for at `place`.
    package func schema(_ place: String) -> JSONValue {
        switch self {
        case .anything: [:]
        case .boolean: ["type": "boolean"]
        case .integer(let bits, let isSigned):
            [
                "type": "integer", "format": .text((isSigned ? "int" : "uint") + "\(bits)"),
                "minimum": Self.least(bits, isSigned), "maximum": Self.most(bits, isSigned),
            ]
        case .number(0): ["type": "number"]
        case .number(let bits): ["type": "number", "format": bits == 32 ? "float" : "double"]
        case .text(nil): ["type": "string"]
        case .text(.base64?): ["type": "string", "contentEncoding": "base64", "pattern": .text(Self.base64)]
        case .text(let format?): ["type": "string", "format": .text(format.rawValue)]
        case .choice(let words): ["type": "string", "enum": .list(words.map { .text($0) })]
        case .integerChoice(let numbers): ["type": "integer", "enum": .list(numbers.map { .integer($0) })]
        case .list(let element): ["type": "array", "items": element.schema(place)]
        case .map(let value): ["type": "object", "additionalProperties": value.schema(place)]
        case .record(let fields): Self.schema(fields, place)
        case .oneOf(let shapes): ["oneOf": .list(shapes.map { $0.schema(place) })]
        case .nullable(let shape): Self.nullable(shape.schema(place))
        case .named(let name): ["$ref": .text(place + name)]
        }
    }

    /// RFC 4648 §4, padded.
    private static let base64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"

    private static func schema(_ fields: [ShapeField], _ place: String) -> JSONValue {
        var members: [String: JSONValue] = ["type": "object"]
        if !fields.isEmpty {
            members["properties"] = .object(
                Dictionary(fields.map { ($0.name, $0.shape.schema(place)) }, uniquingKeysWith: { first, _ in first }))
        }
        let required = fields.filter(\.isRequired).map(\.name)
        if !required.isEmpty { members["required"] = .list(required.map { .text($0) }) }
        return .object(members)
    }

    private static func nullable(_ schema: JSONValue) -> JSONValue {
        guard var members = schema.object, !members.isEmpty else { return schema }
        guard case .text? = members["type"], let type = members["type"] else {
            return ["anyOf": [schema, ["type": "null"]]]
        }
        members["type"] = [type, "null"]
        if let words = members["enum"]?.list { members["enum"] = .list(words + [.null]) }
        return .object(members)
    }

    package static func least(_ bits: Int, _ isSigned: Bool) -> JSONValue {
        .integer(isSigned ? Int64.min >> (64 - bits) : 0)
    }

    package static func most(_ bits: Int, _ isSigned: Bool) -> JSONValue {
        if isSigned { return .integer(Int64.max >> (64 - bits)) }
        let most = UInt64.max >> (64 - bits)
        return Int64(exactly: most).map { .integer($0) } ?? .unsigned(most)
    }
}

extension Shape {
    /// Reads JSON Schema as far as ``schema(_:)`` writes it.
    package init(schema: JSONValue) {
        guard let members = schema.object else {
            self = .anything
            return
        }
        if let reference = members["$ref"]?.text {
            self = .named(reference.split(separator: "/").last.map(String.init) ?? reference)
        } else if let shapes = members["oneOf"]?.list {
            self = .oneOf(shapes.map { Shape(schema: $0) })
        } else if let shapes = members["anyOf"]?.list, shapes.count == 2, shapes[1] == ["type": "null"] {
            self = .nullable(Shape(schema: shapes[0]))
        } else if let types = members["type"]?.list, types.count == 2, types[1] == "null", let type = types[0].text {
            self = .nullable(Self.read(type, members))
        } else if let type = members["type"]?.text {
            self = Self.read(type, members)
        } else {
            self = .anything
        }
    }

    private static func read(_ type: String, _ members: [String: JSONValue]) -> Shape {
        let format = members["format"]?.text
        switch type {
        case "boolean": return .boolean
        case "integer":
            if let numbers = members["enum"]?.list {
                return .integerChoice(numbers.compactMap { if case .integer(let number) = $0 { number } else { nil } })
            }
            let isSigned = format.map { !$0.hasPrefix("u") } ?? true
            let bits = format.flatMap { Int($0.drop { !$0.isNumber }) } ?? 64
            return .integer(bits: [8, 16, 32].contains(bits) ? bits : 64, isSigned: isSigned)
        case "number": return .number(bits: format == "float" ? 32 : format == "double" ? 64 : 0)
        case "string":
            if let words = members["enum"]?.list { return .choice(words.compactMap(\.text)) }
            if members["contentEncoding"] == "base64" { return .text(.base64) }
            return .text(format.map { TextFormat(rawValue: $0) })
        case "array": return .list(members["items"].map { Shape(schema: $0) } ?? .anything)
        case "object":
            if let value = members["additionalProperties"], value.object != nil { return .map(Shape(schema: value)) }
            let required = Set((members["required"]?.list ?? []).compactMap(\.text))
            return .record(
                (members["properties"]?.object ?? [:]).sorted { $0.key < $1.key }.map {
                    ShapeField($0.key, Shape(schema: $0.value), isRequired: required.contains($0.key))
                })
        default: return .anything
        }
    }
}
