internal import CoreMetrics
internal import Synchronization

/// The metrics of a handler's process: its own, its runtime's, and what the handler's author records by swift-metrics.
final class HandlerMetrics: Sendable {
    let endpoint: MetricsEndpoint
    private let source: Source

    /// What is asked at each scrape.
    private final class Source: Sendable {
        let registry = PrometheusRegistry(help: RuntimeMeter.help.merging(ProcessMetrics.help) { $1 })
        let process = Mutex<ProcessMetrics?>(nil)
        let runtime = Mutex<HandlerRuntime?>(nil)

        func text() -> String {
            process.withLock { $0 }?.refresh()
            runtime.withLock { $0 }?.updateGauges()
            return registry.text()
        }
    }

    /// Listens from now on. To be called once in a process: swift-metrics has one backend.
    init(_ address: MetricsAddress) throws {
        let source = Source()
        self.source = source
        endpoint = try MetricsEndpoint(address) { source.text() }
        MetricsSystem.bootstrap(source.registry)
    }

    /// Says whose they are, once the handler is made.
    func name(_ handler: String, home: Home) {
        let metrics = ProcessMetrics(source.registry, handler: handler, journalFolder: home.journal(handler + ".0"))
        source.process.withLock { $0 = metrics }
    }

    /// Lets a runtime count, and tell where.
    func configure(_ options: inout RuntimeOptions) {
        options.metrics = source.registry
        options.metricsAddress = endpoint.address
    }

    /// Shows what is true of a runtime besides what it counts.
    func follow(_ runtime: HandlerRuntime) { source.runtime.withLock { $0 = runtime } }
}
