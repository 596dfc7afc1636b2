internal import Foundation
internal import Logging
internal import Troupe

/// Runs `body` with a home of its own, which is removed afterwards. Short, for socket paths are.
func withHome<R>(_ body: (Home) async throws -> R) async throws -> R {
    let home = Home("/tmp/troupe-\(UUID().uuidString.prefix(8))")
    defer { try? FileManager.default.removeItem(atPath: home.path) }
    try home.prepare(choreography: nil)
    return try await body(home)
}

extension Logger {
    /// Says nothing.
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
