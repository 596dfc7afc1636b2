internal import Foundation

/// What commands must print, as files in Golden/.
///
/// `TROUPE_GOLDEN=write swift test --filter …` writes what is printed now, to be looked at before it is committed.
enum Golden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// What the file `name` holds, to be compared with `text`.
    static func expected(_ name: String, _ text: String) throws -> String {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["TROUPE_GOLDEN"] == "write" {
            try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
        }
        return String(try String(contentsOf: file, encoding: .utf8).dropLast())
    }
}
