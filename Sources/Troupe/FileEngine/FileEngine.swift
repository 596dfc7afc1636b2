package import Choreography
package import Envelope
internal import Glibc
package import Journal
package import Logging

/// Journals in files and events over ZeroMQ: every slot publishes what it says, and hears others live or from disk.
package final class FileEngine: Engine {
    /// What a slot tells others of itself, and its limits.
    package struct Options: Sendable {
        package var declaration: Declaration
        package var journal = JournalOptions()
        package var retention = Retention()
        package var metrics: MetricsAddress?

        package init(declaration: Declaration) { self.declaration = declaration }
    }

    private let home: Home
    private let options: Options
    private let logger: Logger
    private let boot: BootID

    /// Uses a home that `Home.prepare` has made.
    package init(home: Home, options: Options, logger: Logger) throws {
        self.home = home
        self.options = options
        self.logger = logger
        boot = try EngineError.mapping { try BootID.current() }
    }

    package func register(_ registration: Registration) throws {
        try RegistrationFolder(home: home).write(registration)
    }

    package func registrations() throws -> [Registration] { try RegistrationFolder(home: home).all() }

    package func forget(_ handler: HandlerName) throws { try RegistrationFolder(home: home).remove(handler) }

    package func publishers() throws -> [PublisherID] { try DirectoryFolder(home: home).publishers() }

    package func open(_ slot: PublisherID) throws -> any EngineLog {
        var journal = options.journal
        journal.segmentSize = options.retention.segmentSize(atMost: journal.segmentSize)
        let log = try JournalLog(
            slot, home: home, boot: boot, options: journal, quota: options.retention.quota,
            consumers: { [home, boot] in try ConsumerScan.read(of: slot, home: home, boot: boot) })
        do {
            return try FileEngineLog(log, home: home, boot: boot, options: options, logger: logger)
        } catch {
            try? log.close()
            throw error
        }
    }

    package func reader(_ publisher: PublisherID) throws -> any EngineReader {
        try FileEngineReader(publisher, home: home, boot: boot)
    }
}
