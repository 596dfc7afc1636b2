internal import Glibc

/// Reads data from an argument, a file or standard input.
enum InputReader {
    /// The bytes that `JSON`, `@FILE` or `-` stands for; of more than `limit`, only so many that it shows.
    static func bytes(of argument: String, limit: Int) throws -> [UInt8] {
        if argument == "-" { return try readAll(STDIN_FILENO, "standard input", limit: limit) }
        if argument.hasPrefix("@") { return try wholeFile(String(argument.dropFirst()), limit: limit) }
        return Array(argument.utf8)
    }

    static func wholeFile(_ path: String, limit: Int = .max) throws -> [UInt8] {
        let descriptor = try openFile(path)
        defer { close(descriptor) }
        return try readAll(descriptor, path, limit: limit)
    }

    private static func openFile(_ path: String) throws -> Int32 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandError("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// Calls `body` with the complete lines of each piece that could be read at once, so that a slow source is not
    /// waited for. Lines come without their newline. A line that grows beyond `lineLimit` is handed out as far as it is
    /// known; `body` must refuse it.
    static func forEachBatch(
        of argument: String, lineLimit: Int, _ body: ([ArraySlice<UInt8>]) throws -> Void
    ) throws {
        guard argument == "-" || argument.hasPrefix("@") else {
            try inParts(Array(argument.utf8)[...], body)
            return
        }
        let path = String(argument.dropFirst())
        let descriptor = argument == "-" ? STDIN_FILENO : try openFile(path)
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var rest: [UInt8] = []
        while true {
            let piece = try read(descriptor, argument == "-" ? "standard input" : path, limit: 256 << 10)
            if piece.isEmpty { break }
            let known = rest.count
            rest += piece
            guard let end = rest[known...].lastIndex(of: 10) else {
                if rest.count > lineLimit { break }
                continue
            }
            try inParts(rest[..<end], body)
            rest = Array(rest[(end + 1)...])
        }
        if !rest.isEmpty { try body([rest[...]]) }
    }

    /// Hands out at most 1,000 lines at a time: they become one entry.
    private static func inParts(_ text: ArraySlice<UInt8>, _ body: ([ArraySlice<UInt8>]) throws -> Void) throws {
        var lines = text.split(separator: 10, omittingEmptySubsequences: false)[...]
        while !lines.isEmpty {
            try body(Array(lines.prefix(1000)))
            lines = lines.dropFirst(1000)
        }
    }

    private static func readAll(_ descriptor: Int32, _ name: String, limit: Int) throws -> [UInt8] {
        var all: [UInt8] = []
        while all.count <= limit {
            let piece = try read(descriptor, name, limit: 1 << 20)
            if piece.isEmpty { break }
            all += piece
        }
        return all
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
