internal import Choreography
internal import FoundationEssentials
internal import Glibc
internal import Journal
internal import Troupe

/// Removes a choreography's data.
struct HomePurge {
    let home: Home
    /// The choreography that the home must belong to, where a file says so.
    let choreography: String?

    /// Throws when the folder is no home, or another choreography's, or something runs in it.
    func run() throws {
        let parts = [
            home.journals, home.registrations, home.directory, home.sockets, home.logs, home.launcher,
            home.descriptions, home.cache,
        ]
        guard let name = try home.name(), Self.isFolder(home.journals), Self.isFolder(home.registrations) else {
            throw CommandError(
                "\(home.path) does not look like a home (no choreography name, journals and registrations), so nothing"
                    + " was removed. Name the home with --home")
        }
        if let choreography, choreography != name {
            throw CommandError(
                "\(home.path) belongs to the choreography '\(name)', not '\(choreography)', so nothing was removed."
                    + " Name the right home with --home")
        }
        // The lock goes with the folder; while it is there nobody else begins.
        let lock = try LauncherFolder(home: home).lock(for: "down")
        defer { lock.unlock() }
        let slots = SlotHolder(home: home)
        for publisher in HomeLook.slots(in: home) where try slots.isHeld(publisher) {
            throw CommandError(
                "\(publisher) still runs in \(home.path), so nothing was removed. Stop it with troupe down, or wait until"
                    + " it ends")
        }
        for part in parts where Self.exists(part) { try FileManager.default.removeItem(atPath: part) }
        unlink(home.path + "/choreography")
        // Whatever else somebody put there stays, and the folder with it.
        rmdir(home.path)
    }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
