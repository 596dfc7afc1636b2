internal import Choreography

/// Where slots are found, told as changes: what was told is not told again.
///
/// One thread uses it, which may wait for a disk or a network; it is never the one that owns sockets.
protocol Directory: AnyObject {
    /// What is different about some publishers since the last call; about all without any.
    func changes(of publishers: Set<PublisherID>?) -> [Roster.Change]
    /// Whether a process holds a slot.
    func isHeld(_ publisher: PublisherID) throws -> Bool
    /// The record that was told last of a slot.
    func record(of publisher: PublisherID) -> DirectoryRecord?
    /// Keeps that of a publisher in sight, and nothing else.
    func attend(_ publisher: PublisherID, _ attention: Roster.Attention)
    /// Of the publishers whose journals are kept in sight, those that look otherwise than at the last call.
    func grown() -> [PublisherID]
}
