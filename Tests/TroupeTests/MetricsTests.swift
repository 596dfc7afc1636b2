internal import CoreMetrics
internal import Foundation
internal import Testing

@testable import Troupe

@Suite("Metrics") struct MetricsTests {
    @Test("a registry is told in the text format, with names and suffixes of Prometheus")
    func golden() {
        let registry = PrometheusRegistry(help: ["shop_orders_total": "Orders,\nby \\ kind."])
        Counter(label: "shop.orders", dimensions: [("kind", "te\"a\n")], factory: registry).increment(by: 3)
        Counter(label: "shop.orders", dimensions: [("kind", "bread")], factory: registry).increment()
        FloatingPointCounter(label: "paid_total", factory: registry).increment(by: 1.25)
        Meter(label: "9 lives", dimensions: [("__own", "x"), ("a-b", "y")], factory: registry).set(-2)
        Gauge(label: "last", factory: registry).record(0.5)
        let timer = CoreMetrics.Timer(label: "baking", factory: registry)
        for nanoseconds: Int64 in [5_000, 10_000, 3_000_000, 60_000_000_000] { timer.recordNanoseconds(nanoseconds) }
        let lines = registry.text().split(separator: "\n").filter {
            !$0.contains("le=\"0.0") && !$0.contains("le=\"0.")
        }
        #expect(
            lines.map(String.init) == [
                "# HELP _9_lives '9 lives' of swift-metrics.", "# TYPE _9_lives gauge",
                #"_9_lives{a_b="y",own="x"} -2"#, "# HELP baking_seconds 'baking' of swift-metrics.",
                "# TYPE baking_seconds histogram", #"baking_seconds_bucket{le="1e-05"} 2"#,
                #"baking_seconds_bucket{le="2.5e-05"} 2"#, #"baking_seconds_bucket{le="5e-05"} 2"#,
                #"baking_seconds_bucket{le="1"} 3"#, #"baking_seconds_bucket{le="2.5"} 3"#,
                #"baking_seconds_bucket{le="5"} 3"#, #"baking_seconds_bucket{le="10"} 3"#,
                #"baking_seconds_bucket{le="+Inf"} 4"#, "baking_seconds_sum 60.003015", "baking_seconds_count 4",
                "# HELP last 'last' of swift-metrics.", "# TYPE last gauge", "last 0.5",
                "# HELP paid_total 'paid_total' of swift-metrics.", "# TYPE paid_total counter", "paid_total 1.25",
                #"# HELP shop_orders_total Orders,\nby \\ kind."#, "# TYPE shop_orders_total counter",
                #"shop_orders_total{kind="bread"} 1"#, #"shop_orders_total{kind="te\"a\n"} 3"#,
            ])
    }

    @Test("the same label and dimensions are one series, and another kind of the same name is not shown")
    func sameSeries() {
        let registry = PrometheusRegistry()
        for _ in 0..<2 { Counter(label: "x_total", factory: registry).increment() }
        Meter(label: "x_total", factory: registry).set(7)
        #expect(registry.text().hasSuffix("# TYPE x_total counter\nx_total 2\n"))
    }

    @Test(
        "an address is numeric, with a port",
        arguments: [
            ("127.0.0.1:9100", "127.0.0.1:9100"), ("0.0.0.0:0", "0.0.0.0:0"), ("[::1]:80", "[::1]:80"),
            ("localhost:1", nil), ("127.0.0.1", nil), ("127.0.0.1:65536", nil), ("::1:80", nil),
            ("[127.0.0.1]:80", nil),
            (":80", nil), ("", nil),
        ])
    func addresses(_ text: String, _ expected: String?) {
        #expect(MetricsAddress(argument: text)?.description == expected)
    }

    @Test(
        "a request is read on until it is whole, and what is none is refused",
        arguments: [
            ("GET /metrics HTTP/1.1\r\n", .readOn), ("", .readOn),
            ("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", .metrics(wantsBody: true)),
            ("GET /metrics?x=1 HTTP/1.0\n\n", .metrics(wantsBody: true)),
            ("HEAD /metrics HTTP/1.1\r\n\r\n", .metrics(wantsBody: false)),
            ("GET / HTTP/1.1\r\n\r\n", .refuse(status: "404 Not Found", text: "The metrics are at /metrics.\n")),
            (
                "PUT /metrics HTTP/1.1\r\n\r\n",
                .refuse(status: "405 Method Not Allowed", text: "Ask for GET /metrics.\n")
            ),
            (
                "hello\r\n\r\n",
                .refuse(status: "400 Bad Request", text: "This speaks HTTP/1.1; ask for GET /metrics.\n")
            ),
            (
                String(repeating: "x", count: 9000),
                .refuse(status: "431 Request Header Fields Too Large", text: "")
            ),
        ] as [(String, ScrapeRequest.Decision)])
    func requests(_ text: String, _ expected: ScrapeRequest.Decision) {
        #expect(ScrapeRequest.decide(Array(text.utf8)) == expected)
    }

    @Test("a port that is taken is said with what to do")
    func takenPort() throws {
        let first = try MetricsEndpoint(MetricsAddress(host: "127.0.0.1", port: 0)) { "" }
        #expect(first.address.port != 0)
        let error = #expect(throws: HandlerError.self) { try MetricsEndpoint(first.address) { "" } }
        #expect(error?.message.contains("\(first.address)") ?? false)
        #expect(error?.message.contains("--metrics") ?? false)
    }
}
