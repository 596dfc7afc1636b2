// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "troupe",
    products: [
        .library(name: "Envelope", targets: ["Envelope"]),
        .library(name: "EventJSON", targets: ["EventJSON"]),
        .library(name: "Troupe", targets: ["Troupe"]),
        .library(name: "TroupeTesting", targets: ["TroupeTesting"]),
        .executable(name: "troupe", targets: ["troupe"]),
        .executable(name: "shop-order", targets: ["shop-order"]),
        .executable(name: "shop-payment", targets: ["shop-payment"]),
        .executable(name: "shop-stock", targets: ["shop-stock"]),
        .executable(name: "shop-delivery", targets: ["shop-delivery"]),
        .executable(name: "shop-notification", targets: ["shop-notification"]),
    ],
    dependencies: [
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .target(name: "CChecksum"),
        .target(name: "CProcess"),
        .target(name: "ZeroMQ", dependencies: ["CZeroMQ"], swiftSettings: strict),
        .target(name: "Envelope", dependencies: ["CChecksum"], swiftSettings: strict),
        .target(name: "EventJSON", dependencies: ["Envelope"], swiftSettings: strict),
        .target(name: "Journal", dependencies: ["Envelope"], swiftSettings: strict),
        .target(
            name: "Choreography",
            dependencies: ["Envelope", .product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: strict),
        .target(
            name: "Troupe",
            dependencies: [
                "CProcess", "Choreography", "Envelope", "EventJSON", "Journal", "ZeroMQ",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(name: "TroupeTesting", dependencies: ["Troupe"], swiftSettings: strict),
        .target(
            name: "TroupeSimulation",
            dependencies: [
                "Choreography", "Envelope", "Journal", "Troupe", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "TroupeCLI",
            dependencies: [
                "CProcess", "EventJSON", "Journal", "Troupe", "TroupeSimulation", "ZeroMQ",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .executableTarget(name: "troupe", dependencies: ["TroupeCLI"], swiftSettings: strict),

        .target(name: "ShopEvents", dependencies: ["Troupe"], swiftSettings: strict),
        .target(name: "ShopHandlers", dependencies: ["ShopEvents", "Troupe"], swiftSettings: strict),
        .executableTarget(
            name: "shop-order", dependencies: ["ShopHandlers"], path: "Sources/ShopOrder", swiftSettings: strict),
        .executableTarget(
            name: "shop-payment", dependencies: ["ShopHandlers"], path: "Sources/ShopPayment", swiftSettings: strict),
        .executableTarget(
            name: "shop-stock", dependencies: ["ShopHandlers"], path: "Sources/ShopStock", swiftSettings: strict),
        .executableTarget(
            name: "shop-delivery", dependencies: ["ShopHandlers"], path: "Sources/ShopDelivery", swiftSettings: strict),
        .executableTarget(
            name: "shop-notification", dependencies: ["ShopHandlers"], path: "Sources/ShopNotification",
            swiftSettings: strict),

        .testTarget(
            name: "ShopTests",
            dependencies: [
                "ShopEvents", "ShopHandlers", "TroupeTesting", "shop-order", "shop-payment", "shop-stock",
                "shop-delivery", "shop-notification",
            ],
            swiftSettings: strict),
        .testTarget(name: "ZeroMQTests", dependencies: ["ZeroMQ"], swiftSettings: strict),
        .testTarget(
            name: "EnvelopeTests", dependencies: ["Envelope"], exclude: ["Python", "Vectors"],
            swiftSettings: strict),
        .testTarget(name: "EventJSONTests", dependencies: ["Envelope", "EventJSON"], swiftSettings: strict),
        .executableTarget(
            name: "json-bench", dependencies: ["Envelope", "EventJSON"], path: "Tests/JSONBench",
            swiftSettings: strict),
        .testTarget(name: "SimulationTests", dependencies: ["TroupeSimulation"], swiftSettings: strict),
        .testTarget(name: "JournalTests", dependencies: ["Journal"], swiftSettings: strict),
        .testTarget(name: "ChoreographyTests", dependencies: ["Choreography", "TroupeTesting"], swiftSettings: strict),
        .testTarget(
            name: "TroupeTests",
            dependencies: [
                "Troupe", "TroupeTesting",
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["Golden", "GoldenHome", "Python"],
            swiftSettings: strict),
        .testTarget(
            name: "TroupeCLITests",
            dependencies: [
                "Journal", "Troupe", "TroupeCLI", "TroupeTesting", "ZeroMQ", "troupe", "shop-order", "shop-payment",
            ],
            exclude: ["Golden"],
            swiftSettings: strict),
        .executableTarget(
            name: "test-handlers", dependencies: ["Troupe", .product(name: "CoreMetrics", package: "swift-metrics")],
            path: "Tests/TestHandlers", swiftSettings: strict),
        .executableTarget(
            name: "torture-handler", dependencies: ["Troupe"], path: "Tests/TortureHandlers", swiftSettings: strict),
        .target(name: "CFuzz", path: "Tests/CFuzz"),
        .target(
            name: "Fuzzing",
            dependencies: ["Choreography", "Envelope", "EventJSON", "Journal", "Troupe", "TroupeSimulation"],
            path: "Tests/Fuzzing", swiftSettings: strict),
        .executableTarget(
            name: "fuzz",
            dependencies: ["CFuzz", "Fuzzing", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/FuzzCommand", swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["Fuzzing", "TroupeTesting"], swiftSettings: strict),
        .executableTarget(
            name: "bench-node",
            dependencies: [
                "Choreography", "Envelope", "Journal", "Troupe",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Tests/Bench", swiftSettings: strict),
        .executableTarget(
            name: "trace-index-bench", dependencies: ["Choreography", "Envelope", "Journal", "Troupe"],
            path: "Tests/TraceIndexBench", swiftSettings: strict),
        .testTarget(
            name: "MultiProcessTests",
            dependencies: [
                "Choreography", "Envelope", "Troupe", "TroupeTesting", "troupe", "shop-order", "shop-payment",
                "shop-stock", "test-handlers",
            ],
            exclude: ["Python"],
            swiftSettings: strict),
    ]
)

// For scripts/bench-json --candidates alone: a parser that was measured and not taken.
if Context.environment["TROUPE_SIMDJSON"] != nil, let bench = package.targets.first(where: { $0.name == "json-bench" })
{
    package.targets.append(
        .target(
            name: "CSimdjson", path: "Tests/CSimdjson",
            linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]))
    bench.dependencies.append("CSimdjson")
    bench.swiftSettings?.append(.define("SIMDJSON"))
}
