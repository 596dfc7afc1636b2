/// The cases of JSONTestSuite by Nicolas Seriot (github.com/nst/JSONTestSuite, 2024-11-22), by its names.
enum SuiteCases {
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let bytes: [UInt8]

        init(_ name: String, _ text: String) {
            description = name
            bytes = Array(text.utf8)
        }

        /// A text that is not UTF-8: `\xHH` stands for a byte.
        init(_ name: String, bytes text: String) {
            description = name
            var bytes: [UInt8] = []
            var rest = text.utf8[...]
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"),
                    let value = UInt8(String(rest.dropFirst().prefix(2)) ?? "", radix: 16)
                {
                    bytes.append(value)
                    rest = rest.dropFirst(3)
                } else {
                    bytes.append(byte)
                }
            }
            self.bytes = bytes
        }
    }
}
