/// Appends one JSON object, member by member.
struct JSONObjectWriter {
    private var isEmpty = true

    mutating func name(_ name: String, _ bytes: inout [UInt8]) {
        bytes.append(isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
        isEmpty = false
        JSONText.writeString(name, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Appends a member whose value is a string, unless it is nil.
    mutating func string(_ name: String, _ value: String?, _ bytes: inout [UInt8]) {
        guard let value else { return }
        self.name(name, &bytes)
        JSONText.writeString(value, into: &bytes)
    }

    /// Appends a member whose value is JSON text already.
    mutating func raw(_ name: String, _ value: String, _ bytes: inout [UInt8]) {
        self.name(name, &bytes)
        bytes.append(contentsOf: value.utf8)
    }

    mutating func end(_ bytes: inout [UInt8]) {
        if isEmpty { bytes.append(UInt8(ascii: "{")) }
        bytes.append(UInt8(ascii: "}"))
    }
}
