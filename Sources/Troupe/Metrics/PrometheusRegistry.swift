public import CoreMetrics
internal import Synchronization

/// A backend of swift-metrics that a Prometheus server can scrape.
///
/// Counters end in `_total` and timers in `_seconds`; other labels keep their names, with `_` for what Prometheus does
/// not take. A label that is used for two kinds of metric belongs to the first; what the second records is not shown.
public final class PrometheusRegistry: MetricsFactory {
    struct Family: Sendable {
        enum Kind: String { case counter, gauge, histogram }
        let kind: Kind
        let help: String
        var values: [PrometheusLabels: PrometheusValue] = [:]
        var histograms: [PrometheusLabels: PrometheusHistogram] = [:]
    }

    private let families = Mutex<[String: Family]>([:])
    private let help: [String: String]

    /// A registry without metrics. `help` explains metrics by name, for those who read the exposition.
    public init(help: [String: String] = [:]) { self.help = help }

    /// All metrics in the text exposition format 0.0.4, by name.
    public func text() -> String { PrometheusText.render(families.withLock { $0 }) }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        value(.counter, PrometheusName.metric(label, suffix: "_total"), label, dimensions)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        value(.counter, PrometheusName.metric(label, suffix: "_total"), label, dimensions)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        value(.gauge, PrometheusName.metric(label), label, dimensions)
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let name = PrometheusName.metric(label)
        guard aggregate else { return value(.gauge, name, label, dimensions) }
        return histogram(name, label, dimensions, bounds: PrometheusHistogram.amounts)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(
            PrometheusName.metric(label, suffix: "_seconds"), label, dimensions, bounds: PrometheusHistogram.durations)
    }

    // A counter that comes and goes would not be one: what was counted stays until the process ends.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func value(
        _ kind: Family.Kind, _ name: String, _ label: String, _ dimensions: [(String, String)]
    ) -> PrometheusValue {
        families.withLock { families in
            var family = families[name] ?? Family(kind: kind, help: explain(name, label))
            let labels = PrometheusLabels(dimensions)
            guard family.kind == kind else { return PrometheusValue() }
            let value = family.values[labels] ?? PrometheusValue()
            family.values[labels] = value
            families[name] = family
            return value
        }
    }

    private func histogram(
        _ name: String, _ label: String, _ dimensions: [(String, String)], bounds: [Double]
    ) -> PrometheusHistogram {
        families.withLock { families in
            var family = families[name] ?? Family(kind: .histogram, help: explain(name, label))
            let labels = PrometheusLabels(dimensions)
            guard family.kind == .histogram else { return PrometheusHistogram(bounds: bounds) }
            let histogram = family.histograms[labels] ?? PrometheusHistogram(bounds: bounds)
            family.histograms[labels] = histogram
            families[name] = family
            return histogram
        }
    }

    private func explain(_ name: String, _ label: String) -> String { help[name] ?? "'\(label)' of swift-metrics." }
}
