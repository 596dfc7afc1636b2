extension JSONValue {
    /// The scalars as they are printed, by their paths: `data.items[2].sku`.
    func flatten(_ path: String, into fields: inout [String: String]) {
        switch self {
        case .object(let members):
            if members.isEmpty { fields[path] = "{}" }
            for (name, value) in members { value.flatten("\(path).\(name)", into: &fields) }
        case .list(let items):
            if items.isEmpty { fields[path] = "[]" }
            for (index, value) in items.enumerated() { value.flatten("\(path)[\(index)]", into: &fields) }
        case .null: fields[path] = "null"
        case .bool(let value): fields[path] = "\(value)"
        case .integer(let value): fields[path] = "\(value)"
        case .unsigned(let value): fields[path] = "\(value)"
        case .number(let value): fields[path] = "\(value)"
        case .text(let value): fields[path] = "\"\(value)\""
        }
    }
}
