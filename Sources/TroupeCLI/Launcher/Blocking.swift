internal import Troupe

/// Between code that blocks and code that suspends.
enum Blocking {
    /// Runs blocking code on a thread of its own while the caller suspends.
    static func onThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            _ = OSThread { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Runs suspending code to its end while the calling thread, which must be one of our own, waits.
    static func wait<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) throws -> R {
        let result = Monitor<Result<R, any Error>?>(nil)
        Task {
            let outcome: Result<R, any Error>
            do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            result.with { $0 = outcome }
            result.signal()
        }
        return try result.wait { $0 }.get()
    }
}
