internal import Choreography
internal import Journal

/// The followers of publishers at rest and the readers of those that run, kept between pages. Used on the disk thread only.
final class FollowerCache: @unchecked Sendable {
    // Unchecked: `answer` is called by jobs of one disk thread, one after the other.
    private let home: Home
    private let boot: BootID
    private var followers: [PublisherID: LogFollower] = [:]
    private var readers: [PublisherID: FileEngineReader] = [:]

    init(home: Home, boot: BootID) {
        self.home = home
        self.boot = boot
    }

    /// The page that follows one which the publisher, which runs, made.
    func pageOn(_ request: ReplayRequest, _ publisher: PublisherID) throws -> ReplayPage {
        do {
            let reader = try readers[publisher] ?? FileEngineReader(publisher, home: home, boot: boot)
            readers[publisher] = reader
            return try ReplaySource.pageOn(request, reader: reader)
        } catch {
            readers[publisher] = nil
            throw error
        }
    }

    /// A publisher is not at rest any more.
    func forget(_ publisher: PublisherID) { followers[publisher] = nil }

    func answer(_ request: ReplayRequest, _ publisher: PublisherID) throws -> ReplayPage {
        do {
            let follower: LogFollower
            if let known = followers[publisher] {
                follower = known
            } else {
                follower = try LogFollower(publisher, home: home, boot: boot)
                followers[publisher] = follower
            }
            return try follower.answer(request)
        } catch {
            // A recovery may have laid the journal anew: begin afresh next time.
            followers[publisher] = nil
            throw error
        }
    }
}
