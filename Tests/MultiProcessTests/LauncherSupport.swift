internal import Choreography
internal import Foundation
internal import Journal
internal import Testing
internal import Troupe
internal import TroupeTesting

/// A stage with a choreography file of the shop's first three handlers.
///
/// Handlers that `troupe up` starts are children of nobody here: on leaving they are ended by the processes that the
/// home names, and none may be left.
nonisolated(nonsending) func withShopFile(
    _ body: nonisolated(nonsending) (ProcessStage) async throws -> Void
) async throws {
    try await withProcessStage { stage in
        try stage.writeFile()
        defer { stage.endLaunched() }
        try await body(stage)
    }
}

extension ProcessStage {
    /// What `ps --json` prints, as far as tests look.
    struct Listing: Decodable {
        struct Row: Decodable {
            var handler: String
            var state: String
            var pid: Int32?
            var restarts: Int
            var behind: UInt64?
            var parked: Int?
            var deadLetters: Int?
            var lastEnd: String?
            var log: [String]
        }
        var launcher: Int32?
        var handlers: [Row]

        subscript(_ name: String) -> Row? { handlers.first { $0.handler == name } }
    }

    static let handlers = ["order", "payment", "stock"]

    /// The choreography file.
    var file: String { folder + "/shop.yaml" }

    /// Writes the choreography file; `handlers` stands below the key of that name.
    func writeFile(_ handlers: String = "  order:\n  payment:\n  stock:", executables: String? = nil) throws {
        let text = "choreography: shop\nexecutables: [\(executables ?? self.executables)]\nhandlers:\n\(handlers)\n"
        try Data(text.utf8).write(to: URL(filePath: file))
    }

    /// `troupe COMMAND…` with the file where the command takes one.
    @discardableResult
    func troupe(_ arguments: String..., status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation)
        async throws -> ProcessOutput
    {
        let output = try await run("troupe", arguments, within: .seconds(90))
        #expect(output.status == .exited(status), "\(arguments): \(output)", sourceLocation: sourceLocation)
        return output
    }

    /// `troupe up FILE --detach`.
    func up(_ options: String...) async throws {
        let output = try await run("troupe", ["up", file, "--detach"] + options, within: .seconds(90))
        try #require(output.status == .exited(0), "\(output)\n\(log("launcher"))")
    }

    func ps() async throws -> Listing {
        let output = try await troupe("ps", "--json")
        return try JSONDecoder().decode(Listing.self, from: Data(output.standardOutput.utf8))
    }

    /// Waits until `ps` says so.
    @discardableResult
    func ps(_ what: String, _ condition: (Listing) -> Bool) async throws -> Listing {
        var listing = try await ps()
        try await eventually(what) {
            listing = try await ps()
            return condition(listing)
        }
        return listing
    }

    /// The process that holds a slot.
    func holder(_ handler: String) throws -> Int32? {
        try OSFileSystem().lockHolder(home + "/journals/\(handler).0/lock").flatMap { Int32($0) }
    }

    /// The launcher's process.
    func launcher() throws -> Int32? {
        try OSFileSystem().lockHolder(home + "/launcher/lock").flatMap { Int32($0) }
    }

    func log(_ name: String) -> String {
        (try? String(contentsOfFile: home + "/logs/\(name).log", encoding: .utf8)) ?? ""
    }

    /// Ends a process that is no child of this one.
    func kill9(_ pid: Int32) { _ = Foundation.kill(pid, SIGKILL) }

    /// Handlers and launchers of this stage, by their command lines; what merely waits to be reaped has none.
    func launched() -> [Int32] {
        let pids = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
        return pids.filter { pid in
            guard pid != getpid(), let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else {
                return false
            }
            let arguments = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return arguments.contains(home) && arguments.contains("--home")
        }
    }

    /// Ends what `up` left.
    func endLaunched() { for pid in launched() { kill9(pid) } }

    /// Nothing runs, and nothing that tells of running is left.
    func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(launched() == [], sourceLocation: sourceLocation)
        #expect(names(in: "run") == [], sourceLocation: sourceLocation)
        #expect(names(in: "directory") == [], sourceLocation: sourceLocation)
        for name in Self.handlers { #expect(try holder(name) == nil, sourceLocation: sourceLocation) }
        #expect(try launcher() == nil, sourceLocation: sourceLocation)
    }

    /// Publishes orders and waits until their flows are settled.
    func settle(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let output = try await publish(
            "shop.order.placed", "-", "--lines", "--await", "--timeout", "60s", input: orders(0..<count))
        #expect(output.status == .exited(0), "\(output)", sourceLocation: sourceLocation)
    }
}
