internal import Foundation
internal import Testing

/// The golden home holds every file and message that a peer meets, byte for byte: a change of any is a change of a format.
///
/// `TROUPE_GOLDEN=write swift test --filter GoldenHomeTests` writes it anew.
@Suite struct GoldenHomeTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "GoldenHome")

    @Test("what is written is what lies there")
    func bytes() throws {
        let home = try GoldenHome()
        if ProcessInfo.processInfo.environment["TROUPE_GOLDEN"] == "write" {
            try? FileManager.default.removeItem(at: Self.folder)
            for (path, bytes) in home.files {
                let file = Self.folder.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(bytes).write(to: file)
            }
        }
        let there = FileManager.default.enumerator(atPath: Self.folder.path)?.compactMap { $0 as? String } ?? []
        let files = there.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: Self.folder.path + "/" + path, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        #expect(files.sorted() == home.files.keys.sorted())
        for (path, bytes) in home.files.sorted(by: { $0.key < $1.key }) {
            let found = try Data(contentsOf: Self.folder.appending(path: path))
            #expect(Array(found) == bytes, "\(path)")
        }
    }

    /// The marks lie in a checkout, where nobody wrote them: that of version 2 proves nothing there, that of version 1 what
    /// was durable. So the journals are read up to what their entries, or that mark, call durable.
    @Test("who knows the articles alone reads all of it")
    func read() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let script = Self.folder.deletingLastPathComponent().appending(path: "Python/read_golden.py")
        process.arguments = ["python3", "-B", script.path, Self.folder.path]
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(complaint)")
        #expect(text == (try Golden.expected("golden-home.txt", String(text.dropLast())) + "\n"))
    }
}
