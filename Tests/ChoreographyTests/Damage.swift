/// Everything that a cut or a changed byte makes of some bytes.
enum Damage {
    /// Calls `body` with every shorter beginning of the bytes.
    static func truncations(of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Void) {
        for count in bytes.indices { Array(bytes[..<count]).withUnsafeBytes { body($0) } }
    }

    /// Calls `body` with the bytes, each byte in turn set to something else, several ways.
    static func flips(of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Void) {
        var bytes = bytes
        for index in bytes.indices {
            let original = bytes[index]
            for value in [original ^ 1, original ^ 0x80, 0, 0xFF, original &+ 1] where value != original {
                bytes[index] = value
                bytes.withUnsafeBytes { body($0) }
            }
            bytes[index] = original
        }
    }
}
