internal import Foundation
internal import Testing
internal import TroupeTesting

extension ProcessStage {
    /// Runs something that is to be refused: nothing on standard output, a status, and a message with all `parts`.
    @discardableResult
    func refused(
        _ status: Int32, _ parts: String..., by executable: String = "troupe", given arguments: [String],
        input: [UInt8]? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ProcessOutput {
        let output = try await run(executable, arguments, input: input)
        #expect(output.status == .exited(status), "\(output)", sourceLocation: sourceLocation)
        #expect(output.standardOutput == "", sourceLocation: sourceLocation)
        for part in parts {
            #expect(output.standardError.contains(part), "\(part)\n\(output)", sourceLocation: sourceLocation)
        }
        // For people: no Swift type, no escaped dump.
        for noise in ["DecodingError", "CodingKeys", "Error Domain", "Optional("] {
            #expect(!output.standardError.contains(noise), "\(output)", sourceLocation: sourceLocation)
        }
        return output
    }

    /// Whether the home is there.
    var hasHome: Bool { FileManager.default.fileExists(atPath: home) }

    /// The names in a folder below the home.
    func names(in path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: home + "/" + path)) ?? []).sorted()
    }

    /// Writes a text into a file below the home.
    func write(_ text: String, to path: String) throws {
        let path = home + "/" + path
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// Starts shop-order and waits until it can be found.
    @discardableResult
    func startOrder(_ arguments: String...) async throws -> ProcessHandle {
        let handle = try start("shop-order", arguments)
        try await eventually("order hears") {
            names(in: "directory") == ["order.0.json"] && names(in: "registrations") == ["order.json"]
        }
        return handle
    }
}

/// An order as JSON.
let someOrder = #"{"orderID":"A-1","sku":"tea","quantity":2,"total":1980}"#
