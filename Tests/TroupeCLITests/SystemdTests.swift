internal import Foundation
internal import Testing
internal import Troupe

@testable import TroupeCLI

@Suite("Units of systemd") struct SystemdTests {
    private func units(home: String = "/srv/bakery", setting: String = "220") throws -> [SystemdUnits.Unit] {
        let file = try ChoreographyFile.parse(
            "choreography: bakery\nhandlers:\n  oven:\n    start: latest\n  shelf:", path: "b.yaml")
        let json = #"{"handler":"x","consumes":[],"emits":[]}"#
        let declaration = try JSONDecoder().decode(Declaration.self, from: Data(json.utf8))
        let plans = file.handlers.map { spec in
            LaunchPlan(
                spec: spec, program: "/bin/true", arguments: ["--home", home, "--set", "degrees=\(setting)"],
                environment: ["GREETING": "100% \"warm\" $HOME", "TZ": nil], declaration: declaration)
        }
        return SystemdUnits(file: file, home: Home(home), plans: plans).units()
    }

    @Test func thereIsAServiceForEachHandlerAndATargetThatWantsThem() throws {
        let units = try units()
        #expect(units.map(\.name) == ["bakery-oven.service", "bakery-shelf.service", "bakery.target"])
        #expect(units[2].text.contains("\nWants=bakery-oven.service bakery-shelf.service\n"))
        let lines = units[0].text.split(separator: "\n")
        for line in [
            "Type=notify", "Restart=on-failure", "KillSignal=SIGTERM", "PartOf=bakery.target", "NoNewPrivileges=yes",
            "ProtectSystem=strict", "ReadWritePaths=\"/srv/bakery\"", "PrivateTmp=yes", "MemoryDenyWriteExecute=yes",
            #"ExecStart="/bin/true" "--home" "/srv/bakery" "--set" "degrees=220" "--start" "latest""#,
        ] { #expect(lines.contains(Substring(line)), "\(line)\n\(units[0].text)") }
        #expect(!units[1].text.contains("--start"))
    }

    @Test func nothingIsExpandedInWords() throws {
        let text = try units(setting: #"5% of $X in "a\b""#)[0].text
        #expect(text.contains(#""degrees=5%% of $$X in \"a\\b\"""#), "\(text)")
        #expect(text.contains(#"Environment="GREETING=100%% \"warm\" $HOME""#), "\(text)")
        #expect(text.contains("\nUnsetEnvironment=\"TZ\"\n"), "\(text)")
    }

    @Test func aHomeInATemporaryFolderStaysVisible() throws {
        let text = try units(home: "/tmp/bakery")[0].text
        #expect(!text.contains("PrivateTmp=yes"))
        #expect(try units(home: "/home/baker/data")[0].text.contains("ProtectHome=read-only"))
    }

    @Test func systemdAcceptsThem() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "troupe-units-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let units = try units(setting: #"5% of $X in "a\b""#)
        for unit in units { try Data(unit.text.utf8).write(to: folder.appending(path: unit.name)) }
        let said = folder.appending(path: "said")
        try Data().write(to: said)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["systemd-analyze", "verify", "--man=no"] + units.map { folder.appending(path: $0.name).path }
        process.standardError = try FileHandle(forWritingTo: said)
        process.standardOutput = process.standardError
        try process.run()
        process.waitUntilExit()
        #expect(
            process.terminationStatus != 127,
            "systemd-analyze is missing: apt-get install systemd, or scripts/setup --tests")
        // What only later versions know is written for them.
        let complaints = try String(contentsOf: said, encoding: .utf8).split(separator: "\n").filter {
            $0.contains(folder.path) && !$0.contains("'RestartSteps'") && !$0.contains("'RestartMaxDelaySec'")
        }
        #expect(complaints == [])
        #expect(process.terminationStatus == 0)
    }
}
