/// Something in a handler's journal, or beside it, that those who hear it would refuse or be misled by.
package struct PeerFinding: Codable, Hashable, Sendable {
    /// The slot.
    package var journal: String
    package var file: String
    /// Where in the file it begins: of an entry, where the entry does.
    package var byte: UInt64
    package var topic: String?
    package var sequence: UInt64?
    /// What is wrong, by its name in the articles.
    package var attribute: String
    package var reason: String

    /// For people, on one line.
    package var text: String {
        let event = topic.map { topic in " " + (sequence.map { "\(topic)#\($0)" } ?? topic) } ?? ""
        return "\(journal)\(event) at byte \(byte) of \(file): \(attribute): \(reason)".printable
    }
}
