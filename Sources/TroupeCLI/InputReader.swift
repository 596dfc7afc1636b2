internal import Glibc

/// Reads data from an argument, a file or standard input.
enum InputReader {
    /// The bytes that `JSON`, `@FILE` or `-` stands for.
    static func bytes(of argument: String) throws -> [UInt8] {
        if argument == "-" { return try readAll(STDIN_FILENO, "standard input") }
        if argument.hasPrefix("@") { return try wholeFile(String(argument.dropFirst())) }
        return Array(argument.utf8)
    }

    static func wholeFile(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandError("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        return try readAll(descriptor, path)
    }

    /// Calls `body` with the complete lines of each piece that could be read at once, so that a slow source is not
    /// waited for. Lines come without their newline.
    static func forEachBatch(of argument: String, _ body: ([ArraySlice<UInt8>]) throws -> Void) throws {
        if argument != "-" {
            let bytes = try bytes(of: argument)
            var lines: [ArraySlice<UInt8>] = []
            for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
                lines.append(line)
                if lines.count == 1000 {
                    try body(lines)
                    lines = []
                }
            }
            if lines.last?.isEmpty ?? false { lines.removeLast() }
            try body(lines)
            return
        }
        var rest: [UInt8] = []
        while true {
            let piece = try read(STDIN_FILENO, "standard input", limit: 256 << 10)
            if piece.isEmpty { break }
            rest += piece
            guard let end = rest.lastIndex(of: 10) else { continue }
            try body(rest[..<end].split(separator: 10, omittingEmptySubsequences: false))
            rest = Array(rest[(end + 1)...])
        }
        if !rest.isEmpty { try body([rest[...]]) }
    }

    private static func readAll(_ descriptor: Int32, _ name: String) throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = try read(descriptor, name, limit: 1 << 20)
            if piece.isEmpty { return all }
            all += piece
        }
    }

    private static func read(_ descriptor: Int32, _ name: String, limit: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            while true {
                let result = Glibc.read(descriptor, buffer.baseAddress, limit)
                if result >= 0 {
                    count = result
                    return
                }
                guard errno == EINTR else {
                    throw CommandError("\(name) cannot be read: \(String(cString: strerror(errno)))")
                }
            }
        }
    }
}
