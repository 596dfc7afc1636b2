internal import Foundation
internal import Testing
internal import Troupe
internal import TroupeTesting

extension ProcessStage {
    static let shop = ["shop-order", "shop-payment", "shop-stock"]

    /// Starts the shop and waits until each handler can be found.
    @discardableResult
    func startShop() async throws -> [ProcessHandle] {
        let handles = try Self.shop.map { try start($0) }
        for name in ["order", "payment", "stock"] { try await hears(name) }
        return handles
    }

    /// Waits until a handler is registered and its slot can be found.
    func hears(_ handler: String) async throws {
        try await eventually("\(handler) hears") {
            exists("registrations/\(handler).json") && exists("directory/\(handler).0.json")
        }
    }

    /// Whether a path below the home is there.
    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: home + "/" + path) }

    /// The names in a folder below the home.
    func names(in path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: home + "/" + path)) ?? []).sorted()
    }

    /// The bytes of all files in a folder below the home.
    func size(of path: String) -> Int {
        names(in: path).reduce(0) { sum, name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(home)/\(path)/\(name)")
            return sum + ((attributes?[.size] as? Int) ?? 0)
        }
    }

    /// Waits until payment and stock have handled `count` accepted orders, and returns the count of everything.
    @discardableResult
    func wholeShop(_ count: Int) async throws -> Census {
        let census = try Census(self)
        try await eventually("\(count) orders are through", within: .seconds(150)) {
            try census.nowHandled("shop.order.accepted", by: "payment") >= count
                && census.handled("shop.order.accepted", by: "stock") >= count
        }
        // Journals are read one after the other: the first may have grown while the last was read.
        try census.readOn()
        return census
    }

    /// `troupe publish`.
    func publish(
        _ topic: String, _ data: String, _ options: String..., input: [UInt8]? = nil,
        within limit: Duration = .seconds(120)
    ) async throws -> ProcessOutput {
        try await run("troupe", ["publish", topic, data] + options, input: input, within: limit)
    }

    /// The trace of a flow as `troupe trace --format json` prints it.
    func trace(_ flow: String) async throws -> FlowTrace {
        let output = try await run("troupe", "trace", flow, "--format", "json")
        try #require(output.status == .exited(0), "\(output)")
        return try JSONDecoder().decode(FlowTrace.self, from: Data(output.standardOutput.utf8))
    }
}

extension ProcessOutput {
    /// The flow that `troupe publish` says that it published.
    func flow() throws -> String {
        let line = try #require(lines.first { $0.hasPrefix("flow ") }, "\(self)")
        return String(line.split(separator: " ")[1])
    }
}

/// An order as JSON.
func order(_ number: String = "A-1", quantity: Int = 2, total: Int = 1980) -> String {
    #"{"orderID":"\#(number)","sku":"tea","quantity":\#(quantity),"total":\#(total)}"#
}

/// Many orders, one to a line.
func orders(_ numbers: Range<Int>) -> [UInt8] {
    Array(numbers.map { order("N-\($0)") + "\n" }.joined().utf8)
}
