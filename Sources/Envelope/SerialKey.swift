/// A serial's place in the order of its components: handler bytes first, then the index as a number.
struct SerialKey: Comparable {
    private let bytes: [UInt8]
    private let flow: FlowID

    init(_ id: EventID) {
        var bytes: [UInt8] = []
        for component in id.serial.components {
            bytes.append(contentsOf: component.handler.utf8)
            bytes.append(0)
            withUnsafeBytes(of: UInt64(component.index).bigEndian) { bytes.append(contentsOf: $0) }
        }
        self.bytes = bytes
        self.flow = id.flow
    }

    static func < (left: SerialKey, right: SerialKey) -> Bool {
        if left.bytes == right.bytes { return left.flow < right.flow }
        return left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
