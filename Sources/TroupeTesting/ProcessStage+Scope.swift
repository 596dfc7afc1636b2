/// Runs `body` with a fresh stage for processes; on leaving it, by return or by error, every process that was started
/// on it is ended by its id and its folder is removed.
///
/// - Parameters:
///   - executables: the folder of the executables; nil for that of the running test, where SwiftPM builds them.
///   - body: gets the stage.
/// - Throws: ``ProcessStageError`` when the stage's folder cannot be made; what `body` throws.
public nonisolated(nonsending) func withProcessStage<R>(
    executables: String? = nil, _ body: nonisolated(nonsending) (ProcessStage) async throws -> R
) async throws -> R {
    let stage = try ProcessStage(executables: executables)
    defer { stage.end() }
    return try await body(stage)
}
