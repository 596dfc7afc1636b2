internal import ArgumentParser
internal import Envelope
internal import Troupe

/// A failure that a person can mend; the message says how.
struct CommandError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Runs a command's body; a failure becomes one line on standard error and exit status 1.
func reporting(_ body: () async throws -> Void) async throws {
    do { try await body() } catch let error as ExitCode { throw error } catch let error as ValidationError {
        throw error
    } catch let error as EnvelopeError {
        Console.error("troupe: \(error.message)")
        throw ExitCode(1)
    } catch {
        Console.error("troupe: \(error)")
        throw ExitCode(1)
    }
}
