internal import Foundation
internal import Testing
internal import TroupeTesting

@testable import TroupeCLI

@Suite("Files that people write") struct TextFileTests {
    private let text = "choreography: shop\n"

    private func problem(_ bytes: [UInt8]) -> String? {
        do {
            _ = try TextFile.text(bytes, "f.yaml")
            return nil
        } catch { return "\(error)" }
    }

    @Test("F10: a byte order mark is taken off")
    func mark() throws {
        #expect(try TextFile.text([0xEF, 0xBB, 0xBF] + Array(text.utf8), "f.yaml") == text)
        #expect(try TextFile.text([0xEF, 0xBB, 0xBF], "f.yaml") == "")
        #expect(try TextFile.text([], "f.yaml") == "")
    }

    @Test("F10: another encoding is named, with a mark and without one")
    func encodings() {
        let units = Array(text.utf16)
        let little = units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let big = units.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        let expected = "f.yaml:1: the file is UTF-16 text; save it as UTF-8"
        for bytes in [little, big, [0xFF, 0xFE] + little, [0xFE, 0xFF] + big] { #expect(problem(bytes) == expected) }
        #expect(problem([0xFF, 0xFE, 0, 0, 0x63, 0, 0, 0])?.contains("UTF-32") ?? false)
        #expect(problem([0x63, 0, 0, 0])?.contains("UTF-32") ?? false)
        #expect(problem(Array("a: b\nc: ".utf8) + [0xE9])?.hasPrefix("f.yaml:2: the file is not UTF-8") ?? false)
    }

    @Test("F16: a variable without a value is taken away, and a setting without one is not set")
    func nothing() throws {
        let file = try ChoreographyFile.parse(
            """
            choreography: shop
            environment: {A: ~, B: null, C: "", D: "~", E: x}
            handlers:
              order:
                settings: {limit: ~, sku: tea}
                environment:
                  E:
            """, path: "f.yaml")
        #expect(file.environment == ["A": nil, "B": nil, "C": "", "D": "~", "E": "x"])
        #expect(file.handlers[0].settings == ["sku": "tea"])
        #expect(file.handlers[0].environment == ["E": nil])
    }
}

extension CommandLineTests {
    @Suite("The choreography file that cannot be read") struct UnreadableFile {
        @Test("F10: marks, other encodings, folders, nothing, and no end", .timeLimit(.minutes(4)))
        func files() async throws {
            try await withProcessStage { stage in
                let path = stage.folder + "/c.yaml"
                func check(_ bytes: [UInt8], _ part: String) async throws {
                    try Data(bytes).write(to: URL(filePath: path))
                    try await stage.refused(1, part, given: ["up", path])
                }
                try await check(
                    [0xEF, 0xBB, 0xBF] + Array("choreography: shop\nhandlers:\n".utf8), "no handler to start")
                try await check([0xFF, 0xFE, 0x63, 0], "\(path):1: the file is UTF-16 text")
                try await check([], "the file is empty")
                try await stage.refused(1, stage.folder, "Is a directory", given: ["up", stage.folder])
                try await stage.refused(1, "No such file", given: ["up", path + ".no"])
                try await stage.refused(1, "more than 1 MiB", given: ["up", "/dev/zero"])
            }
        }

        @Test("F16: data is measured without its white space", .timeLimit(.minutes(4)))
        func whiteSpace() async throws {
            try await withProcessStage { stage in
                let space = String(repeating: " \n", count: 35_000)
                let input = Array("{\(space)\"n\":\(space)1}".utf8)
                let output = try await stage.run("troupe", ["publish", "a.b", "-", "--id", "x"], input: input)
                #expect(output.status == .exited(0), "\(output)")
                let again = try await stage.run("troupe", "publish", "a.b", #"{"n":1}"#, "--id", "x")
                #expect(again.standardOutput == "flow x already published\n", "\(again)")
                try await stage.refused(
                    1, "white space outside strings not counted", given: ["publish", "a.b", "-"],
                    input: Array("\"\(String(repeating: " ", count: 65_537))\"".utf8))
            }
        }
    }
}
