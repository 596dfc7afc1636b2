internal import Choreography
internal import Glibc
internal import Journal
internal import Troupe

/// Takes away what handlers that were killed could not: sockets and directory records.
struct HomeSweep {
    let home: Home

    /// Sweeps after every slot that nobody holds. The launcher's lock is held.
    func sweep() throws {
        let directory = DirectoryFolder(home: home)
        // What cannot be read of a home does not keep it from being stopped, or swept.
        let look = HomeLook(home)
        var publishers = Set(look.publishers)
        for registration in look.registrations {
            publishers.insert(PublisherID(handler: registration.handler, slot: 0))
        }
        for publisher in publishers where publisher != .ingress {
            // The slot is held meanwhile, so that nobody starts into the sweeping.
            let lock: (any FileLock)?
            do { lock = try OSFileSystem().lock(home.lock(publisher.text), note: "\(getpid())") } catch {
                switch error.code {
                case .locked: continue
                case .notFound: lock = nil
                default: throw error
                }
            }
            directory.withdraw(publisher)
            for kind in ["p", "r"] { unlink(String(home.endpoint(publisher.text, kind).dropFirst("ipc://".count))) }
            lock?.unlock()
        }
    }
}
