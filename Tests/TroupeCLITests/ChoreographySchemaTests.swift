internal import Foundation
internal import Testing

/// The schema that editors use says the same as the reader: checked by a validator in Python.
@Suite("The schema of choreography files") struct ChoreographySchemaTests {
    private static let config = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Config")

    private static let script = """
        import json, sys, yaml, jsonschema
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        wrong = 0
        for path in sys.argv[2:]:
            for error in validator.iter_errors(yaml.safe_load(open(path))):
                wrong = 1
                print(path, error.json_path, error.message, file=sys.stderr)
        sys.exit(wrong)
        """

    private func validate(_ files: [String]) throws -> (status: Int32, errors: String) {
        let errors = FileManager.default.temporaryDirectory.appending(path: "troupe-schema-\(UUID().uuidString)")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", "-c", Self.script, Self.config.appending(path: "choreography.schema.json").path] + files
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: errors, encoding: .utf8))
    }

    @Test func acceptsEveryFileInConfig() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.config.path).filter {
            $0.hasSuffix(".yaml")
        }
        #expect(names.contains("shop.yaml") && names.contains("reference.yaml"))
        let result = try validate(names.map { Self.config.appending(path: $0).path })
        #expect(
            result.status == 0,
            "\(result.errors)\nIf a module is missing: python3 -m pip install jsonschema pyyaml, or scripts/setup --tests"
        )
    }

    @Test(
        "refuses what the reader refuses",
        arguments: [
            "home: x", "choreography: Bread", "choreography: b\nxyz: 1",
            "choreography: b\nhandlers: { a: { lane: 2 } }",
            "choreography: b\nhandlers: { Oven: }", "choreography: b\nhandlers: { ingress: }",
            "choreography: b\ndurability: sinced", "choreography: b\nhandlers: { a: { lanes: 65 } }",
            "choreography: b\nretry: { first: soon }", "choreography: b\nhandlers: { a: { start: { X..y: latest } } }",
            "choreography: b\nhandlers: { a: { settings: { x: [1] } } }", "choreography: b\nenvironment: { A=B: c }",
            "choreography: b\nmetrics: 127.0.0.1:9464",
            "choreography: b\nhandlers: { a: { metrics: localhost } }",
        ])
    func refuses(_ text: String) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "troupe-schema-\(UUID().uuidString).yaml")
        try Data(text.utf8).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        #expect(try validate([path.path]).status == 1, "\(text)")
    }
}
