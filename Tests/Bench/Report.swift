internal import Glibc

/// Lines of JSON on standard output, each in one write.
enum Report {
    static func line(_ event: String, _ numbers: KeyValuePairs<String, UInt64> = [:]) {
        var text = "{\"event\":\"\(event)\""
        for (key, value) in numbers { text += ",\"\(key)\":\(value)" }
        let bytes = Array((text + "}\n").utf8)
        _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
