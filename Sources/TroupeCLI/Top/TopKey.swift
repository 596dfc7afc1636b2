/// What a person presses.
enum TopKey: Hashable, Sendable {
    case character(Character)
    case enter, escape, backspace, up, down, pageUp, pageDown, home, end

    /// The keys of what a terminal sent at once. Sequences that mean nothing here are passed over.
    static func read(_ bytes: [UInt8]) -> [TopKey] {
        var keys: [TopKey] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 0x1B:
                guard let next = rest.first, next == UInt8(ascii: "[") || next == UInt8(ascii: "O") else {
                    keys.append(.escape)
                    continue
                }
                rest.removeFirst()
                let end = rest.firstIndex { (0x40...0x7E).contains($0) } ?? rest.endIndex
                if let key = sequence(rest[..<min(end + 1, rest.endIndex)]) { keys.append(key) }
                rest = rest[min(end + 1, rest.endIndex)...]
            case 0x0A, 0x0D: keys.append(.enter)
            case 0x08, 0x7F: keys.append(.backspace)
            case 0x20...0x7E: keys.append(.character(Character(Unicode.Scalar(byte))))
            default: continue
            }
        }
        return keys
    }

    /// What follows `ESC [`.
    private static func sequence(_ bytes: ArraySlice<UInt8>) -> TopKey? {
        switch String(decoding: bytes, as: UTF8.self) {
        case "A": .up
        case "B": .down
        case "5~": .pageUp
        case "6~": .pageDown
        case "H", "1~": .home
        case "F", "4~": .end
        default: nil
        }
    }
}
