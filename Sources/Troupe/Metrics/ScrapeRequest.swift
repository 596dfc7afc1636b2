/// What a peer of the metrics endpoint asks for: the head of an HTTP/1 request (RFC 9112 §2), and what is answered.
enum ScrapeRequest {
    /// Most bytes of a head that are read.
    static let limit = 8192

    /// What is to be done with what has come so far.
    enum Decision: Hashable {
        case readOn
        /// The metrics are asked for; HEAD wants no body.
        case metrics(wantsBody: Bool)
        case refuse(status: String, text: String)
    }

    static func decide(_ bytes: [UInt8]) -> Decision {
        let lineEnd = bytes.firstIndex(of: UInt8(ascii: "\n"))
        guard let lineEnd, hasEnded(bytes) else {
            return bytes.count < limit ? .readOn : .refuse(status: "431 Request Header Fields Too Large", text: "")
        }
        let words = String(decoding: bytes[..<lineEnd], as: UTF8.self).split { $0 == " " || $0 == "\r" || $0 == "\r\n" }
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else {
            return .refuse(status: "400 Bad Request", text: "This speaks HTTP/1.1; ask for GET /metrics.\n")
        }
        guard words[0] == "GET" || words[0] == "HEAD" else {
            return .refuse(status: "405 Method Not Allowed", text: "Ask for GET /metrics.\n")
        }
        let path = words[1].prefix { $0 != "?" }
        guard path == "/metrics" else {
            return .refuse(status: "404 Not Found", text: "The metrics are at /metrics.\n")
        }
        return .metrics(wantsBody: words[0] == "GET")
    }

    /// Whether the empty line that ends a head has come.
    private static func hasEnded(_ bytes: [UInt8]) -> Bool {
        var isLineEmpty = false
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if isLineEmpty { return true }
                isLineEmpty = true
            } else if byte != UInt8(ascii: "\r") {
                isLineEmpty = false
            }
        }
        return false
    }

    /// A whole answer, after which the connection is closed.
    static func answer(status: String, type: String, body: String, wantsBody: Bool = true) -> [UInt8] {
        let head = """
            HTTP/1.1 \(status)\r
            Content-Type: \(type)\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r\n
            """
        return Array(head.utf8) + (wantsBody ? Array(body.utf8) : [])
    }
}
