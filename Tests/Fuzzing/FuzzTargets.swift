/// All decoders of bytes from outside a process, and those that break the rules on purpose.
package enum FuzzTargets {
    package static let all: [FuzzTarget] = [
        .record, .json, .payload, .frame, .names, .tip, .replayRequest, .replayAnswer, .deadLetterRequest,
        .deadLetterAnswer,
        .heard, .said, .knows, .checkpoint, .journal, .mark, .replay, .feed, .directoryRecord, .registration,
    ]

    /// Each breaks one rule for about one input in a hundred: what the driver must notice.
    package static let faulty: [FuzzTarget] = [.traps, .hangs, .swells, .throwsUntyped, .forgets]

    /// A target of either kind by its name.
    package static func named(_ name: String) -> FuzzTarget? { (all + faulty).first { $0.name == name } }
}
