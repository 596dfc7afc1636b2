internal import Choreography
internal import Envelope
internal import Foundation
internal import Testing
internal import Troupe

@testable import TroupeCLI

@Suite("Choreography files") struct ChoreographyFileTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Config").path

    private func message(_ text: String) -> String {
        do {
            _ = try ChoreographyFile.parse(text, path: "Config/bakery.yaml")
            return "(no error)"
        } catch { return "\(error)" }
    }

    @Test func readsEveryKey() throws {
        let file = try ChoreographyFile.parse(
            """
            choreography: bakery
            home: ../data
            executables: [../bin, /opt/bakery]
            durability: written
            retry: { attempts: 3, first: 20ms, maximum: 2s }
            environment: { TZ: UTC }
            log: debug
            handlers:
              oven:
                executable: bin/hot-oven
                settings: { degrees: 220, fan: true, note: "" }
                environment: { LANG: C }
                start: { bakery.dough.ready: latest }
                durability: synced
                retry: { attempts: 9 }
                lanes: 4
                log: error
              shelf:
            """, path: "Config/bakery.yaml")
        #expect(file.name == "bakery")
        #expect(file.executables == ["../bin", "/opt/bakery"])
        #expect(file.durability == .written)
        #expect(file.environment == ["TZ": "UTC"])
        #expect(file.handlers.map(\.name.text) == ["oven", "shelf"])
        let oven = file.handlers[0]
        #expect(oven.executable == Located(value: "bin/hot-oven", line: 10))
        #expect(oven.settings == ["degrees": "220", "fan": "true", "note": ""])
        #expect(oven.settingsLine == 11)
        #expect(oven.start(on: try Topic("bakery.dough.ready")) == .latest)
        #expect(oven.start(on: try Topic("bakery.bread.sold")) == nil)
        #expect(oven.line == 9)
        #expect(file.handlers[1] == HandlerSpec(name: try HandlerName("shelf"), line: 18))
        let arguments = try HandlerCommandLine.arguments(oven, file: file, home: Home("/h"))
        #expect(
            arguments == [
                "--home", "/h", "--choreography", "bakery", "--durability", "synced", "--lanes", "4", "--attempts", "9",
                "--retry-first", "20ms", "--retry-maximum", "2000ms", "--log-level", "error", "--set", "degrees=220",
                "--set", "fan=true", "--set", "note=",
            ])
    }

    @Test func pathsBeginAtTheFile() throws {
        let file = try ChoreographyFile.parse("choreography: b\nhome: ../data/./x", path: "/srv/bakery/Config/b.yaml")
        #expect(file.resolvedHome.path == "/srv/bakery/data/x")
        #expect(file.resolve("/opt/bin") == "/opt/bin")
    }

    @Test(
        "a mistake is told with its line and what to write instead",
        arguments: [
            ("", "bakery.yaml:1: the file is empty; begin with 'choreography: NAME'"),
            ("home: x", "bakery.yaml:1: 'choreography' is missing"),
            ("choreography: Bread", "bakery.yaml:1: 'Bread' is no choreography's name"),
            (
                "choreography: b\nexecutabels: [x]",
                "bakery.yaml:2: unknown key 'executabels' of the choreography; did you mean 'executables'?"
            ),
            (
                "choreography: b\nxyz: 1",
                "bakery.yaml:2: unknown key 'xyz' of the choreography. Known are: choreography, home"
            ),
            (
                "choreography: b\nhandlers:\n  a:\n    lane: 2",
                "bakery.yaml:4: unknown key 'lane' of handler 'a'; did you mean 'lanes'?"
            ),
            (
                "choreography: b\nretry:\n  frist: 1s",
                "bakery.yaml:3: unknown key 'frist' of 'retry'; did you mean 'first'?"
            ),
            (
                "choreography: b\ndurability: sinced",
                "bakery.yaml:2: unknown value 'sinced' of 'durability'; did you mean 'synced'?"
            ),
            ("choreography: b\nlog: loud", "bakery.yaml:2: unknown value 'loud' of 'log'. Expected trace, debug"),
            (
                "choreography: b\nhandlers:\n  a:\n    start: erliest",
                "bakery.yaml:4: unknown value 'erliest' of 'start'; did you mean 'earliest'?"
            ),
            (
                "choreography: b\nhandlers:\n  a:\n    start:\n      x.y: first",
                "bakery.yaml:5: unknown value 'first' of 'x.y'"
            ),
            ("choreography: b\nhandlers:\n  a:\n    start:\n      X..y: latest", "bakery.yaml:5: \"X..y\" is no topic"),
            ("choreography: b\nhandlers:\n  Oven:", "bakery.yaml:3: \"Oven\" is no handler's name"),
            ("choreography: b\nhandlers:\n  ingress:", "bakery.yaml:3: 'ingress' names the events of troupe publish"),
            ("choreography: b\nhandlers:\n  a:\n  c:\n  a:", "bakery.yaml:3: the key 'a' is given again further down"),
            ("choreography: b\nhome: x\nhome: y", "bakery.yaml:2: the key 'home' is given again further down"),
            (
                "choreography: b\nhandlers:\n  a:\n    lanes: many",
                "bakery.yaml:4: 'lanes' is 'many'; expected a number from 1 to 64"
            ),
            ("choreography: b\nretry: { first: soon }", "bakery.yaml:2: 'first' is 'soon'; expected a time such as"),
            (
                "choreography: b\nretry:\n  first: 5s\n  maximum: 1s",
                "bakery.yaml:4: 'maximum' (1s) is below 'first' (5s)"
            ),
            ("choreography: b\nhandlers: [a]", "bakery.yaml:2: expected handlers by name"),
            ("choreography: b\nexecutables: bin", "bakery.yaml:2: 'executables' expects a list of folders"),
            (
                "choreography: b\nhandlers:\n  a:\n    settings:\n      x: [1]",
                "bakery.yaml:5: 'x' expects one value, not a list"
            ),
            ("choreography: b\nhome: [x\n", "bakery.yaml:3: not valid YAML"),
            ("choreography: b\nenvironment: { 'A=B': c }", "bakery.yaml:2: 'A=B' cannot be a variable's name"),
            ("choreography: b\nmetrics: here", "bakery.yaml:2: 'metrics' is 'here'; expected an address and a port"),
            ("choreography: b\nmetrics: 127.0.0.1:80", "bakery.yaml:2: 'metrics' for all handlers needs port 0"),
            ("just words", "bakery.yaml:1: expected keys such as 'choreography: shop'"),
        ])
    func mistakes(_ text: String, _ expected: String) {
        #expect(message(text).hasPrefix("Config/" + expected), "\(message(text))")
    }

    @Test func anUnknownHandlerHasANearestName() throws {
        let file = try ChoreographyFile.parse("choreography: b\nhandlers:\n  oven:\n  shelf:", path: "b.yaml")
        #expect(throws: CommandError.self) { try file.handler("ovne") }
        do { _ = try file.handler("ovne") } catch {
            #expect("\(error)" == "b.yaml has no handler 'ovne'; did you mean 'oven'? It has: oven, shelf")
        }
    }

    @Test func withoutANameTheOnlyFileIsMeant() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "troupe-files-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ name: String) throws { try Data().write(to: folder.appending(path: name)) }
        #expect(throws: CommandError.self) { try ChoreographyFile.theOnly(in: folder.path) }
        for name in ["reference.yaml", "shop.yaml", "choreography.schema.json"] { try write(name) }
        #expect(try ChoreographyFile.theOnly(in: folder.path) == folder.path + "/shop.yaml")
        try write("bakery.yaml")
        do { _ = try ChoreographyFile.theOnly(in: folder.path) } catch {
            #expect("\(error)".contains("has several: \(folder.path)/bakery.yaml, \(folder.path)/shop.yaml."))
        }
    }

    @Test("the files in Config/ are read", arguments: ["shop.yaml", "reference.yaml"])
    func ownFiles(_ name: String) throws {
        let file = try ChoreographyFile.read(Self.folder + "/" + name)
        #expect(file.handlers.map(\.name.text) == ["order", "payment", "stock", "delivery", "notification"])
        // The schema beside it is what editors check with.
        let text = try String(contentsOfFile: Self.folder + "/" + name, encoding: .utf8)
        #expect(text.hasPrefix("# yaml-language-server: $schema=choreography.schema.json\n"))
    }
}
