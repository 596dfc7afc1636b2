internal import Foundation
internal import Testing

/// Outputs that were looked at and found good. With TROUPE_GOLDEN=write in the environment they are written anew.
enum Golden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// Compares a text with the file of that name.
    static func expect(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["TROUPE_GOLDEN"] == "write" {
            try Data((text + "\n").utf8).write(to: file)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(
            text + "\n" == golden, "differs from Golden/\(name); TROUPE_GOLDEN=write scripts/test writes it anew",
            sourceLocation: sourceLocation)
    }
}
