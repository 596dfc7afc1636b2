package import Choreography
package import Envelope
internal import FoundationEssentials
package import Journal

/// Something in a home that cannot be read: a row among the others, never the end of a listing.
///
/// Encodes to what the JSON of the looking commands holds in `unreadable`: every key always, null where nothing is known.
package struct Unreadable: Codable, Hashable, Sendable {
    /// What it is a part of.
    package enum Kind: String, Codable, Sendable {
        /// A stretch of a journal, by its checksums or its files.
        case journal
        /// An event's record under a good checksum.
        case record
        /// A section of an entry under a good checksum.
        case entry
        /// The record that a dead letter holds.
        case deadLetter
        case registration
        /// How a running slot is found.
        case directoryRecord
    }

    package var kind: Kind
    /// The slot, as `payment.0`, or the handler of a registration.
    package var name: String
    package var file: String?
    /// Where in the file it begins.
    package var byte: UInt64?
    package var topic: String?
    package var sequence: UInt64?
    /// The attribute that is wrong.
    package var attribute: String?
    package var reason: String
    /// What to do about it.
    package var advice: String

    package init(_ kind: Kind, _ name: String, file: String? = nil, reason: String, advice: String) {
        self.kind = kind
        self.name = name
        self.file = file
        self.reason = reason
        self.advice = advice
    }

    /// The handler that it is a part of.
    package var handler: String { String(name.prefix { $0 != "." }) }

    /// For people, on one line.
    package func line(style: TextStyle = .plain) -> String {
        style.red("unreadable") + "  \(what) \(advice.printable)"
    }

    /// What cannot be read, where, and why; without what to do.
    package var what: String {
        if kind == .registration || kind == .directoryRecord { return reason.printable }
        let what =
            switch kind {
            case .journal: "journal \(name)"
            case .record: "a record of journal \(name)"
            case .entry: "an entry of journal \(name)"
            case .deadLetter: "a dead letter of \(name)"
            case .registration, .directoryRecord: name
            }
        var place: [String] = []
        if let topic { place.append(sequence.map { "\(topic)#\($0)" } ?? topic) }
        if let byte { place.append("byte \(byte)") }
        let at = place.isEmpty ? "" : " at " + place.joined(separator: ", ")
        let of = file.map { " of \($0)" } ?? ""
        let which = attribute.map { "attribute \($0): " } ?? ""
        return "\(what)\(at)\(of): \(which)\(reason)".printable
    }

    /// `{"unreadable":…}`, for output of one object to a line.
    package static func jsonLine(_ row: Unreadable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(["unreadable": row])).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private enum CodingKeys: String, CodingKey {
        case kind, name, file, byte, topic, sequence, attribute, reason, advice
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(name, forKey: .name)
        try container.encode(file, forKey: .file)
        try container.encode(byte, forKey: .byte)
        try container.encode(topic, forKey: .topic)
        try container.encode(sequence, forKey: .sequence)
        try container.encode(attribute, forKey: .attribute)
        try container.encode(reason, forKey: .reason)
        try container.encode(advice, forKey: .advice)
    }
}

extension Unreadable {
    private static let restore =
        "Nothing was changed. Check the disk; put the file back from a backup, or move the journal away and start the"
        + " handler with --reset."

    /// A journal, or the rest of it from an offset on.
    package init(journal publisher: PublisherID, _ error: JournalError, at place: JournalReader.FilePlace?) {
        self.init(
            .journal, publisher.text, file: place?.path ?? error.path, reason: Self.reason(error),
            advice: error.code == .permission ? "Change its owner or its mode." : Self.restore)
        byte = place?.byte
    }

    /// The message without the place and the advice, which stand elsewhere.
    private static func reason(_ error: JournalError) -> String {
        guard error.code == .corrupt, error.message.hasPrefix("at byte "),
            let colon = error.message.firstIndex(of: ":")
        else { return error.message + (error.message.hasSuffix(".") ? "" : ".") }
        let rest = error.message[error.message.index(after: colon)...].drop { $0 == " " }
        return rest.firstRange(of: ". ").map { String(rest[..<$0.lowerBound]) + "." } ?? String(rest)
    }

    /// A part of an entry whose checksum is good.
    package init(_ problem: EntryProblem, in publisher: PublisherID, at place: JournalReader.FilePlace?) {
        switch problem.part {
        case .said:
            self.init(
                .record, publisher.text, reason: problem.reason,
                advice: "Whoever wrote it must write it otherwise; it stays in the journal until retention removes it.")
        case .heard, .knows:
            self.init(
                .entry, publisher.text, reason: "its section '\(problem.part)': \(problem.reason)",
                advice: "What it says is left out here. " + Self.restore)
        }
        file = place?.path
        byte = place?.byte
        topic = problem.topic
        sequence = problem.sequence
        attribute = problem.attribute
    }

    /// A dead letter whose record is no event.
    package init(_ letter: DeadLetter, of holder: PublisherID, _ error: EnvelopeError) {
        self.init(
            .deadLetter, holder.text, reason: error.message,
            advice: "See its bytes with troupe dead show; take it away with troupe dead drop.")
        topic = letter.position.stream.topic.text
        sequence = letter.position.sequence
        attribute = EntryProblem.attribute(in: error)
    }

    /// A small file of the home, by an error that names it and says what to do in its second sentence.
    package init(_ kind: Kind, _ name: String, file: String, _ error: any Error) {
        let text = (error as? EngineError)?.message ?? "\(error)"
        let behindPath = text.firstRange(of: file)?.upperBound ?? text.startIndex
        guard let end = text[behindPath...].firstRange(of: ". ") else {
            self.init(kind, name, file: file, reason: text + ".", advice: "Restore it from a backup, or remove it.")
            return
        }
        self.init(
            kind, name, file: file, reason: String(text[..<end.lowerBound]) + ".",
            advice: String(text[end.upperBound...]) + ".")
    }
}
