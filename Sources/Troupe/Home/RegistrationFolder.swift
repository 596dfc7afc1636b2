package import Choreography
package import Envelope
internal import Journal

/// The durable statements of who consumes what: one JSON file for each handler, written by rename.
package struct RegistrationFolder: Sendable {
    private let home: Home

    package init(home: Home) { self.home = home }

    private func path(_ handler: String) -> String { home.registrations + "/" + handler + ".json" }

    package func write(_ registration: Registration) throws {
        try EngineError.mapping {
            try AtomicFile.write(registration.json(), to: path(registration.handler.text))
        }
    }

    package func read(_ handler: HandlerName) throws -> Registration? {
        guard let bytes = try EngineError.mapping({ try AtomicFile.read(path(handler.text)) }) else { return nil }
        return try Registration(json: bytes, of: handler, path: path(handler.text))
    }

    package func all() throws -> [Registration] {
        let names: [String]
        do { names = try OSFileSystem().list(home.registrations) } catch {
            if error.code == .notFound { return [] }
            throw EngineError(journal: error)
        }
        return try names.filter { $0.hasSuffix(".json") }.sorted().compactMap { name in
            guard let handler = try? HandlerName(name.dropLast(5)) else { return nil }
            return try read(handler)
        }
    }

    package func remove(_ handler: HandlerName) throws {
        do { try OSFileSystem().unlink(path(handler.text)) } catch  where error.code == .notFound {} catch {
            throw EngineError(journal: error)
        }
    }
}
