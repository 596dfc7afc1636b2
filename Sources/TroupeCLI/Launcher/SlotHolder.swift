internal import Choreography
internal import Envelope
internal import Glibc
internal import Journal
internal import Troupe

/// Who runs a handler: whoever holds its slot's lock, no matter who started it.
struct SlotHolder {
    let home: Home

    /// The process that holds the slot; nil if nobody does, or if it is so new that it has not said its number.
    func pid(_ publisher: PublisherID) throws -> Int32? {
        try OSFileSystem().lockHolder(home.lock(publisher.text)).flatMap { Int32($0) }
    }

    /// Whether anybody holds the slot.
    func isHeld(_ publisher: PublisherID) throws -> Bool {
        try OSFileSystem().lockHolder(home.lock(publisher.text)) != nil
    }

    func pid(_ handler: HandlerName) throws -> Int32? { try pid(PublisherID(handler: handler, slot: 0)) }

    /// The process that holds the slot, for good: the lock is looked at again once the process is in hand.
    func handle(_ handler: HandlerName) throws -> WatchedProcess? {
        guard let pid = try pid(handler), let handle = WatchedProcess(pid: pid), try self.pid(handler) == pid else {
            return nil
        }
        return handle
    }

    /// For how long a process may have the slot without standing in the directory before that is told. In seconds.
    static let listingPatience = 10.0

    /// The process that has had the slot for long and does not stand in the directory, so that others do not find it.
    func unlisted(_ handler: HandlerName) throws -> Int32? {
        guard let holder = try pid(handler), try !isListed(handler),
            ProcessFacts.uptimeSeconds(holder) ?? 0 >= Self.listingPatience
        else { return nil }
        return holder
    }

    /// What to say of such a process.
    static func unlistedText(_ handler: HandlerName, _ pid: Int32) -> String {
        "process \(pid) has its slot and does not stand in the directory, so that others do not hear it: troupe restart"
            + " \(handler)"
    }

    /// Whether a process, or one that it started, has the slot and stands in the directory, so that others find it.
    func isListed(_ handler: HandlerName, pid: Int32? = nil) throws -> Bool {
        try record(handler, pid: pid) != nil
    }

    /// What the process that has the slot says of itself in the directory; nil if it does not yet.
    func record(_ handler: HandlerName, pid: Int32? = nil) throws -> DirectoryRecord? {
        guard let holder = try self.pid(handler), pid == nil || pid == holder || getsid(holder) == pid else {
            return nil
        }
        let record = try DirectoryFolder(home: home).live(PublisherID(handler: handler, slot: 0))
        return record?.pid == holder ? record : nil
    }

    /// Handlers whose slot is held; `troupe publish` is none.
    func running() throws -> [HandlerName] {
        let publishers = HomeLook.slots(in: home)
        let held = try publishers.filter { try $0 != .ingress && isHeld($0) }
        return Set(held.map(\.handler)).sorted()
    }
}
