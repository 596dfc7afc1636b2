internal import Foundation
internal import Testing
internal import TroupeTesting

@testable import TroupeCLI

extension CommandLineTests {
    /// What a new package is. scripts/try-tutorial builds one, tests it and runs it.
    @Suite("troupe init") struct Init {
        @Test("names everything for the choreography")
        func golden() throws {
            let template = PackageTemplate(
                name: "cup-cake2", dependency: try TroupeDependency("https://example.org/x/Troupe.git"))
            let files = Dictionary(uniqueKeysWithValues: template.files)
            #expect(
                template.files.map(\.path) == [
                    "Package.swift", "README.md", ".gitignore", "Config/cup-cake2.yaml",
                    "Sources/CupCake2/GuestArrived.swift", "Sources/CupCake2/GuestGreeted.swift",
                    "Sources/CupCake2/Greeter.swift", "Sources/cup-cake2-greeter/Program.swift",
                    "Tests/CupCake2Tests/GreeterTests.swift",
                ])
            #expect(
                files["Package.swift"] == """
                    // swift-tools-version: 6.2
                    import PackageDescription

                    let package = Package(
                        name: "cup-cake2",
                        dependencies: [
                            .package(url: "https://example.org/x/Troupe.git", branch: "main")
                        ],
                        targets: [
                            .target(name: "CupCake2", dependencies: [.product(name: "Troupe", package: "troupe")]),
                            .executableTarget(name: "cup-cake2-greeter", dependencies: ["CupCake2"]),
                            .testTarget(
                                name: "CupCake2Tests",
                                dependencies: [
                                    "CupCake2", "cup-cake2-greeter", .product(name: "TroupeTesting", package: "troupe"),
                                ]),
                        ]
                    )

                    """)
            let file = try ChoreographyFile.parse(try #require(files["Config/cup-cake2.yaml"]), path: "x.yaml")
            #expect(file.handlers.map(\.name.text) == ["greeter"])
            for (path, text) in template.files {
                #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"), "\(path)")
                #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 }, "\(path)")
            }
        }

        @Test("makes the package once, and nothing where something is")
        func writes() async throws {
            try await withProcessStage { stage in
                let first = try await stage.run("troupe", "init", "bakery", "--in", stage.folder)
                #expect(first.status == .exited(0), "\(first)")
                #expect(first.standardOutput.hasPrefix("made \(stage.folder)/bakery; its Troupe is /"), "\(first)")
                #expect(FileManager.default.fileExists(atPath: stage.folder + "/bakery/Sources/Bakery/Greeter.swift"))
                let second = try await stage.run("troupe", "init", "bakery", "--in", stage.folder)
                #expect(second.status == .exited(1))
                #expect(second.standardError.contains("is there already"), "\(second)")
            }
        }

        @Test(
            "refuses what cannot be, and says what can",
            arguments: [
                (["Bakery"], "use a letter a-z"), (["a--b"], "single '-'"), (["a-"], "single '-'"),
                (["x", "--troupe", "/"], "--troupe PATH|URL"),
                (["x", "--troupe", "https://a/x.git"], "choose another name"),
                (["x", "--troupe", "https://\"/"], "without quotes"),
            ])
        func refuses(_ arguments: [String], _ expected: String) async throws {
            try await withProcessStage { stage in
                let done = try await stage.run("troupe", ["init"] + arguments + ["--in", stage.folder])
                #expect(done.status == .exited(1), "\(done)")
                #expect(done.standardError.contains(expected), "\(done)")
                #expect(!FileManager.default.fileExists(atPath: stage.folder + "/x"))
            }
        }
    }
}
