package import Choreography
internal import Envelope
internal import Glibc
internal import Logging
public import ServiceLifecycle

/// Runs one slot of a handler: hears, reacts, appends, until it is shut down.
///
/// Graceful shutdown finishes what is in hand, makes it durable and leaves the directory. Several runtimes, with
/// different handlers, may run in one process: nothing is process-global.
public final class HandlerRuntime: Service {
    private let core: RuntimeCore

    /// Prepares a handler to run in `home`; nothing is opened before ``run()``.
    ///
    /// Throws ``HandlerError`` when the handler's declaration is not valid.
    public init<H: Handler>(_ handler: H, home: Home, options: RuntimeOptions = RuntimeOptions()) throws {
        core = try RuntimeCore(handler, options: options) { declaration in
            try DirectoryFolder(home: home).verify()
            var engine = FileEngine.Options(declaration: declaration)
            engine.retention = options.retention
            engine.metrics = options.metricsAddress
            return try FileEngine(home: home, options: engine, logger: options.logger)
        }
    }

    /// Runs on an engine of one's own.
    package init<H: Handler>(_ handler: H, engine: any Engine, options: RuntimeOptions) throws {
        core = try RuntimeCore(handler, options: options) { _ in engine }
    }

    /// Sets the metrics that are not counts (events that wait, are parked, are dead letters); for a backend of
    /// swift-metrics that is read at times, to be called before each.
    public func updateGauges() { core.updateGauges() }

    /// Opens the slot, hears and reacts until the surrounding task is cancelled or gracefully shut down.
    ///
    /// Throws ``HandlerError`` when the slot cannot be opened (held by another process, journal missing or damaged), or
    /// when the journal fails; then nothing more was published, and a restart recovers.
    public func run() async throws {
        let core = core
        try core.start()
        await withTaskCancellationOrGracefulShutdownHandler {
            await core.finished()
        } onCancelOrGracefulShutdown: {
            core.stop()
        }
        try core.finish()
    }
}
