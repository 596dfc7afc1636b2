extension JSONDocument {
    /// The way from the whole value to a value.
    func path(to index: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var current = 0
        while current < index {
            let isObject = firstByte(current) == UInt8(ascii: "{")
            var child = current + 1
            for position in 0..<Int(tokens[current].length) {
                let value = isObject ? child + 1 : child
                if index < Int(tokens[value].next) {
                    path.append(isObject ? JSONKey(stringValue: string(child)) : JSONKey(intValue: position))
                    current = value
                    break
                }
                child = Int(tokens[value].next)
            }
        }
        return path
    }

    /// The error for a value of another kind than a type wants.
    func mismatch(_ index: Int, _ type: any Any.Type, _ expected: String) -> DecodingError {
        let context = DecodingError.Context(
            codingPath: path(to: index), debugDescription: "expected \(expected), found \(kind(index))")
        return isNull(index) ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    /// The error for a number that a type cannot hold.
    func unrepresentable(_ index: Int, _ type: any Any.Type) -> DecodingError {
        let number = String(decoding: bytes(of: index).prefix(40), as: UTF8.self)
        let shown = bytes(of: index).count > 40 ? number + "…" : number
        return .dataCorrupted(
            DecodingError.Context(
                codingPath: path(to: index), debugDescription: "\(shown) does not fit \(type)",
                underlyingError: UnrepresentableNumber()))
    }

    /// The error for a value of the right kind that a type refuses.
    func invalid(_ index: Int, _ reason: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: path(to: index), debugDescription: reason))
    }

    private func kind(_ index: Int) -> String {
        switch firstByte(index) {
        case UInt8(ascii: "{"): "an object"
        case UInt8(ascii: "["): "an array"
        case UInt8(ascii: "\""): "a string"
        case UInt8(ascii: "t"): "true"
        case UInt8(ascii: "f"): "false"
        case UInt8(ascii: "n"): "null"
        default: "a number"
        }
    }
}
