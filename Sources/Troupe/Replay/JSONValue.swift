/// JSON as a value, to be compared field by field.
enum JSONValue: Decodable {
    case object([String: JSONValue])
    case array([JSONValue])
    /// As it is printed: a text with its quotes, a number, true, false or null.
    case scalar(String)

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.singleValueContainer().decode([String: JSONValue].self) {
            self = .object(object)
        } else if let array = try? decoder.singleValueContainer().decode([JSONValue].self) {
            self = .array(array)
        } else {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .scalar("null")
            } else if let flag = try? container.decode(Bool.self) {
                self = .scalar("\(flag)")
            } else if let number = try? container.decode(Int64.self) {
                self = .scalar("\(number)")
            } else if let number = try? container.decode(Double.self) {
                self = .scalar("\(number)")
            } else {
                self = .scalar("\"\(try container.decode(String.self))\"")
            }
        }
    }

    /// The scalars by their paths: `data.items[2].sku`.
    func flatten(_ path: String, into fields: inout [String: String]) {
        switch self {
        case .scalar(let text): fields[path] = text
        case .object(let members):
            if members.isEmpty { fields[path] = "{}" }
            for (name, value) in members { value.flatten("\(path).\(name)", into: &fields) }
        case .array(let items):
            if items.isEmpty { fields[path] = "[]" }
            for (index, value) in items.enumerated() { value.flatten("\(path)[\(index)]", into: &fields) }
        }
    }
}
