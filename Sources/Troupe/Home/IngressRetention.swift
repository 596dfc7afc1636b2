package import Choreography
internal import Envelope
internal import Journal

/// What `troupe publish` keeps of the ingress journal, which has no process of its own: a file of the home.
package enum IngressRetention {
    private static func path(_ home: Home) -> String { home.path + "/retention" }

    /// Writes the file, as lines `age MICROSECONDS`, `size BYTES`, `force` and `quota BYTES`.
    package static func write(_ retention: Retention, home: Home) throws {
        var lines: [String] = []
        if let age = retention.age { lines.append("age \(age.wholeMicroseconds)") }
        if let size = retention.size { lines.append("size \(size)") }
        if retention.isForced { lines.append("force") }
        if let quota = retention.quota { lines.append("quota \(quota)") }
        let text = lines.map { $0 + "\n" }.joined()
        try EngineError.mapping {
            if try AtomicFile.read(path(home)) ?? [] != Array(text.utf8) {
                try AtomicFile.write(Array(text.utf8), to: path(home))
            }
        }
    }

    /// Reads the file; without one everything is kept. Throws on a line that it does not know.
    package static func read(_ home: Home) throws -> Retention {
        var retention = Retention()
        let bytes = try EngineError.mapping { try AtomicFile.read(path(home)) } ?? []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            switch (words.first, words.count == 2 ? UInt64(words[1]) : nil) {
            case ("age", let value?): retention.age = .microseconds(Int64(clamping: value))
            case ("size", let value?): retention.size = value
            case ("quota", let value?): retention.quota = value
            case ("force", nil) where words.count == 1: retention.isForced = true
            default:
                throw EngineError(
                    .corrupt, "\(path(home)): '\(line)' is not understood; remove the file, and run troupe up again")
            }
        }
        return retention
    }
}
