internal import Choreography
internal import Envelope
internal import EventJSON
internal import Journal

/// A decoder with what it is fed and what must hold of it.
package struct FuzzTarget: Sendable {
    /// What is left to do after decoding: checks what came out; throws a ``FuzzFinding`` when it is wrong.
    package typealias Check = () throws -> Void

    /// By which the command line names it.
    package let name: String
    /// How many inputs it gets for one of the slowest target's.
    package let share: Int
    /// Valid inputs.
    let seeds: [[FuzzPart]]
    /// Bytes that mean something to the decoder.
    let words: [[UInt8]]
    /// Which parts may be changed; others stay as the seed has them.
    let mutates: @Sendable (FuzzPart.Role) -> Bool
    let decode: @Sendable ([FuzzPart]) throws -> Check

    /// Makes a target.
    ///
    /// - Parameters:
    ///   - decode: reads an input; it throws a typed error when it refuses it.
    ///   - check: looks at what was read; whatever it throws is a finding.
    package init<Value: SendableMetatype>(
        _ name: String, share: Int, seeds: [[FuzzPart]], words: [[UInt8]] = [],
        mutates: @escaping @Sendable (FuzzPart.Role) -> Bool = { _ in true },
        decode: @escaping @Sendable ([FuzzPart]) throws -> Value,
        check: @escaping @Sendable (Value, [FuzzPart]) throws -> Void
    ) {
        self.name = name
        self.share = share
        self.seeds = seeds
        self.words = words
        self.mutates = mutates
        self.decode = { parts in
            let value = try decode(parts)
            return { try check(value, parts) }
        }
    }

    /// Makes a target that looks at bytes alone, whose value must be equal when it is written and read again.
    package init<Value: Equatable & SendableMetatype>(
        _ name: String, share: Int, seeds: [[FuzzPart]], words: [[UInt8]] = [],
        read: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Value,
        write: @escaping @Sendable (Value) throws -> [UInt8]
    ) {
        self.init(
            name, share: share, seeds: seeds, words: words,
            decode: { parts in try parts.joined.withUnsafeBytes { try read($0) } },
            check: { value, _ in
                let again = try write(value).withUnsafeBytes { try read($0) }
                guard again == value else {
                    throw FuzzFinding("\(value) is written and read again as \(again)")
                }
            })
    }

    /// The input of a number: the same for the same seed, whatever ran before.
    package func input(seed: UInt64, number: UInt64) -> [FuzzPart] {
        var mutator = Mutator(target: self, seed: seed, number: number)
        return mutator.input()
    }

    /// Whether an error is one that a decoder may throw.
    static func isTyped(_ error: any Error) -> Bool {
        error is EnvelopeError || error is EventJSONError || error is ChoreographyError || error is JournalError
            || error is EngineError
    }
}
