/// The files of a new choreography package: one handler, `greeter`, that hears one event and says what follows.
struct PackageTemplate {
    /// The choreography's name, which the package, its folder and its topics have too.
    let name: String
    let dependency: TroupeDependency

    /// The name as Swift writes types: `cup-cake` is `CupCake`.
    var module: String {
        name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// Paths within the package, and what stands there.
    var files: [(path: String, text: String)] {
        [
            ("Package.swift", manifest), ("README.md", readme), (".gitignore", ".build/\n.troupe/\n"),
            ("Config/\(name).yaml", config), ("Sources/\(module)/GuestArrived.swift", heard),
            ("Sources/\(module)/GuestGreeted.swift", said), ("Sources/\(module)/Greeter.swift", handler),
            ("Sources/\(name)-greeter/Program.swift", program), ("Tests/\(module)Tests/GreeterTests.swift", test),
        ]
    }

    private var manifest: String {
        """
        // swift-tools-version: 6.2
        import PackageDescription

        let package = Package(
            name: "\(name)",
            dependencies: [
                \(dependency.declaration)
            ],
            targets: [
                .target(name: "\(module)", dependencies: [.product(name: "Troupe", package: "\(dependency.identity)")]),
                .executableTarget(name: "\(name)-greeter", dependencies: ["\(module)"]),
                .testTarget(
                    name: "\(module)Tests",
                    dependencies: [
                        "\(module)", "\(name)-greeter", .product(name: "TroupeTesting", package: "\(dependency.identity)"),
                    ]),
            ]
        )

        """
    }

    private var config: String {
        """
        choreography: \(name)
        home: ../.troupe
        executables: [../.build/debug]

        # Topics that come from outside, and topics that nobody needs to hear: troupe check warns of others.
        roots: [\(name).guest.arrived]
        leaves: [\(name).guest.greeted]

        handlers:
          greeter:
            settings: { greeting: Welcome }

        """
    }

    private var heard: String {
        """
        import Troupe

        /// Somebody came in.
        public struct GuestArrived: EventPayload, Equatable {
            public static let topic = "\(name).guest.arrived"
            public var name: String

            public init(name: String) { self.name = name }
        }

        """
    }

    private var said: String {
        """
        import Troupe

        /// Somebody was welcomed.
        public struct GuestGreeted: EventPayload, Equatable {
            public static let topic = "\(name).guest.greeted"
            public var name: String
            public var text: String

            public init(name: String, text: String) {
                self.name = name
                self.text = text
            }
        }

        """
    }

    private var handler: String {
        """
        import Troupe

        /// Welcomes who arrives.
        public struct Greeter: Handler {
            public let name = "greeter"
            private let greeting: String

            /// Settings: `greeting`, the first word (default Welcome).
            public init(settings: Settings = [:]) {
                greeting = settings["greeting"] ?? "Welcome"
            }

            public var reactions: some Reactions {
                On(GuestArrived.self) { guest, handling in
                    try handling.emit(GuestGreeted(name: guest.name, text: "\\(greeting), \\(guest.name)!"))
                }
                .emits(GuestGreeted.self)
            }
        }

        """
    }

    private var program: String {
        """
        import \(module)
        import Troupe

        @main enum Program {
            static func main() async { await HandlerProcess.main(Greeter.init(settings:)) }
        }

        """
    }

    private var test: String {
        """
        import \(module)
        import Testing
        import TroupeTesting

        @Suite("The greeter") struct GreeterTests {
            @Test("welcomes who arrives", arguments: [Venue.memory, .processes("\(name)")])
            func welcomes(_ venue: Venue) async throws {
                try await withChoreography(venue, Greeter()) { stage in
                    let flow = try await stage.publish(GuestArrived(name: "Ada"))
                    try await flow.settled()
                        .expect(steps: "1 \(name).guest.arrived", "2 \(name).guest.greeted")
                        .expect(GuestGreeted(name: "Ada", text: "Welcome, Ada!"))
                }
            }
        }

        """
    }

    /// The commands that lead from a new package to its first flow.
    var steps: [String] {
        [
            "swift test", "troupe up --detach",
            "troupe publish \(name).guest.arrived '{\"name\":\"Ada\"}' --await", "troupe top --once", "troupe down",
        ]
    }

    private var readme: String {
        """
        # \(name)

        A [Troupe](\(dependency.location)) choreography: `greeter` hears `\(name).guest.arrived` and says
        `\(name).guest.greeted`. It needs Linux, Swift 6.2 or later, and libzmq (`apt-get install libzmq3-dev`).

        ```sh
        \(steps.joined(separator: "\n"))
        ```

        Handlers are in `Sources/\(module)`, an executable for each in `Sources/\(name)-HANDLER`, and who plays is said
        in `Config/\(name).yaml`.

        """
    }
}
