internal import Troupe

/// Paths as text.
enum Paths {
    /// The working folder, absolute.
    static var current: String { Home(".").path }

    /// An absolute path without `.`, `..` and empty parts; links are not looked at.
    static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
