internal import Envelope

extension JSONWriter {
    /// The way to the value that is being written, read from the text so far: only errors need it.
    var path: [any CodingKey] {
        let bytes = UnsafeRawBufferPointer(text)
        var scanner = JSONScanner(bytes)
        // Of each open container where its present member or element begins.
        var open: [(isObject: Bool, entry: Int, index: Int)] = []
        while let byte = scanner.current {
            let position = scanner.position
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open.append((byte == UInt8(ascii: "{"), position + 1, 0))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                open.removeLast()
            case UInt8(ascii: ","):
                open[open.count - 1].entry = position + 1
                open[open.count - 1].index += 1
            case UInt8(ascii: "\""):
                guard (try? scanner.skipString()) != nil else { return outerPath }
                continue
            default: break
            }
            scanner.position += 1
        }
        // The present entry of the last container may be complete already; then it is not on the way.
        if let last = bytes.last, last != UInt8(ascii: ":"), last != UInt8(ascii: "["), last != UInt8(ascii: ",") {
            _ = open.popLast()
        }
        return outerPath
            + open.map { container in
                container.isObject ? name(at: container.entry) : JSONKey(intValue: container.index)
            }
    }

    private func name(at start: Int) -> JSONKey {
        var scanner = JSONScanner(UnsafeRawBufferPointer(text))
        scanner.position = start
        _ = try? scanner.skipString()
        let name = try? JSONText.string(in: scanner.bytes, at: start..<scanner.position)
        return JSONKey(stringValue: name ?? "")
    }
}
