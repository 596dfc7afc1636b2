internal import Choreography
internal import Envelope
internal import Foundation
internal import Journal
internal import Testing

@testable internal import Troupe

@Suite("A home's directory, as changes") struct HomeDirectoryTests {
    private let shop = PublisherID(handler: HandlerName(unchecked: "shop"), slot: 0)
    private let other = PublisherID(handler: HandlerName(unchecked: "other"), slot: 0)

    private func record(_ publisher: PublisherID, _ instance: String, emits: [String] = ["a"]) -> DirectoryRecord {
        DirectoryRecord(
            publisher: publisher, instance: instance, pid: getpid(), host: HostID.current, publish: ["p"],
            replay: ["r"],
            declaration: Declaration(handler: publisher.handler.text, consumes: [], emits: emits))
    }

    private func listing(_ instance: String, emits: Set<String> = ["a"]) -> Roster.Listing {
        Roster.Listing(instance: instance, isHere: true, emits: emits)
    }

    private func withDirectory(
        _ body: (_ home: Home, _ directory: HomeDirectory, _ watch: FolderWatch) throws -> Void
    ) async throws {
        try await withHome { home in
            let watch = FolderWatch()
            try body(home, HomeDirectory(home: home, watch: watch, logger: .quiet), watch)
        }
    }

    @Test func `what is there is told once, and again only when it is otherwise`() async throws {
        try await withDirectory { home, directory, _ in
            let folder = DirectoryFolder(home: home)
            #expect(directory.changes(of: nil) == [])
            try folder.publish(record(shop, "1"))
            try OSFileSystem().makeDirectories(home.journal(shop.text))
            #expect(directory.changes(of: nil) == [.journal(shop, isThere: true), .listed(shop, listing("1"))])
            #expect(directory.changes(of: nil) == [])
            #expect(directory.changes(of: [shop]) == [])
            try folder.publish(record(shop, "2", emits: ["b"]))
            #expect(directory.changes(of: [shop]) == [.listed(shop, listing("2", emits: ["b"]))])
            #expect(directory.record(of: shop)?.instance == "2")
            folder.withdraw(shop)
            try FileManager.default.removeItem(atPath: home.journal(shop.text))
            #expect(directory.changes(of: nil) == [.journal(shop, isThere: false), .unlisted(shop)])
            #expect(directory.changes(of: [shop]) == [])
        }
    }

    @Test func `a record that cannot be read hides no other, and whom the last one found is found still`() async throws
    {
        try await withDirectory { home, directory, _ in
            let folder = DirectoryFolder(home: home)
            try folder.publish(record(shop, "1"))
            try folder.publish(record(other, "1"))
            #expect(directory.changes(of: nil).count == 2)
            try AtomicFile.write(Array("{".utf8), to: home.directory + "/shop.0.json")
            try AtomicFile.write([], to: home.directory + "/no slot.json")
            try folder.publish(record(other, "2"))
            #expect(directory.changes(of: nil) == [.listed(other, listing("2"))])
            #expect(directory.record(of: shop)?.instance == "1")
        }
    }

    @Test func `the end of who holds a lock is told at once, and a journal's growth by a look`() async throws {
        try await withDirectory { home, directory, watch in
            try OSFileSystem().makeDirectories(home.journal(shop.text))
            let lock = try OSFileSystem().lock(home.lock(shop.text), note: "1")
            directory.attend(shop, .lock)
            #expect(try directory.isHeld(shop))
            #expect(watch.changes().names == [:])
            lock.unlock()
            #expect(watch.changes().names == [home.lock(shop.text): []])
            #expect(try !directory.isHeld(shop))
            #expect(home.publisher(ofLock: home.lock(shop.text)) == shop)
            directory.attend(shop, .journal)
            try AtomicFile.write([1], to: home.journal(shop.text) + "/mark")
            #expect(directory.grown() == [shop])
            #expect(watch.changes().names[home.journal(shop.text)]?.contains("mark") == true)
            directory.attend(shop, [])
            try AtomicFile.write([2], to: home.journal(shop.text) + "/mark")
            #expect(directory.grown() == [] && watch.changes().names == [:])
        }
    }

    @Test func `a watch that ended with its file is set again`() async throws {
        try await withDirectory { home, directory, watch in
            try OSFileSystem().makeDirectories(home.journal(shop.text))
            directory.attend(shop, .journal)
            try FileManager.default.removeItem(atPath: home.journal(shop.text))
            try OSFileSystem().makeDirectories(home.journal(shop.text))
            _ = watch.changes()
            _ = directory.changes(of: [shop])
            try AtomicFile.write([1], to: home.journal(shop.text) + "/mark")
            #expect(watch.changes().names[home.journal(shop.text)]?.contains("mark") == true)
        }
    }

    // MARK: the keeper

    /// A directory of what a test says.
    private final class Said: Directory {
        var told: [Roster.Change] = []
        var held: Set<PublisherID> = []
        private(set) var asked: [PublisherID] = []
        private(set) var attended: [PublisherID: Roster.Attention] = [:]

        func changes(of publishers: Set<PublisherID>?) -> [Roster.Change] {
            defer { told = [] }
            return told
        }
        func isHeld(_ publisher: PublisherID) -> Bool {
            asked.append(publisher)
            return held.contains(publisher)
        }
        func record(of publisher: PublisherID) -> DirectoryRecord? { nil }
        func attend(_ publisher: PublisherID, _ attention: Roster.Attention) { attended[publisher] = attention }
        func grown() -> [PublisherID] { [] }
    }

    private func keeper(_ directory: Said) -> RosterKeeper {
        let own = PublisherID(handler: HandlerName(unchecked: "me"), slot: 0)
        return RosterKeeper(own: own, topics: ["a"], emits: [], directory: directory, logger: .quiet)
    }

    @Test func `only the locks of those are asked for that say what is consumed`() {
        let directory = Said()
        let keeper = keeper(directory)
        directory.told = [
            .journal(shop, isThere: true), .journal(other, isThere: true), .listed(shop, listing("1")),
            .listed(other, listing("1", emits: ["c"])),
        ]
        directory.held = [shop, other]
        let news = keeper.look()
        #expect(news.actions.contains(.located(shop, .live(instance: "1", isLocal: true))))
        #expect(news.actions.contains(.located(other, .atRest)))
        #expect(Set(directory.asked) == [shop] && directory.attended[other] == [])
        #expect(keeper.look().isEmpty)
        #expect(keeper.look(atLocks: [other]).isEmpty)
        #expect(Set(directory.asked) == [shop])
    }

    @Test func `who seems to be held still when its lock was closed is asked for again, not for ever`() {
        let directory = Said()
        let keeper = keeper(directory)
        directory.told = [.journal(shop, isThere: true), .listed(shop, listing("1"))]
        directory.held = [shop]
        _ = keeper.look()
        var waits: [Int64] = []
        while let doubts = keeper.look(atLocks: [shop], waited: waits.last ?? 0).doubts {
            #expect(doubts.locks == [shop])
            waits.append(doubts.after)
        }
        #expect(waits.first == 5_000 && waits.count == 5 && waits == waits.sorted())
        directory.held = []
        let news = keeper.look(atLocks: [shop], waited: 5_000)
        #expect(news.actions == [.located(shop, .atRest)] && news.doubts == nil)
    }
}
