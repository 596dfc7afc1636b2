internal import Foundation
internal import Testing

/// Reads the sources: the time of day is looked at only where it is recorded, or compared with what was recorded.
@Suite("F3: the time of day measures nothing") struct WallClockTests {
    /// Every file that looks at the time of day, and why that is right. A wait belongs on ``Deadline``.
    private static let reasons: [String: String] = [
        "Sources/Journal/OSFileSystem.swift": "is compared with files' times of change",
        "Sources/Troupe/Backup/HomeBackup.swift": "dates entries",
        "Sources/Troupe/Backup/HomeRestore.swift": "dates entries; names a folder",
        "Sources/Troupe/FileEngine/FileEngineLog.swift": "names an instance",
        "Sources/Troupe/FileEngine/IngressLog.swift": "dates entries; compares a file's time of change",
        "Sources/Troupe/FileEngine/JournalLog.swift": "dates entries",
        "Sources/Troupe/FileEngine/RetentionThread.swift": "compares with entries' times",
        "Sources/Troupe/Home/AtomicFile.swift": "compares with a file's time of change",
        "Sources/Troupe/Inspect/DeadLetterOffice.swift": "dates an entry",
        "Sources/Troupe/Metrics/ProcessMetrics.swift": "records when the process began",
        "Sources/Troupe/Metrics/RuntimeMeter.swift": "compares with an event's time",
        "Sources/Troupe/Publish/EventBatch.swift": "dates events",
        "Sources/Troupe/Publish/Publisher.swift": "dates an entry",
        "Sources/Troupe/Publish/SharedAppends.swift": "dates entries",
        "Sources/Troupe/Publish/RootPublisher.swift": "dates entries",
        "Sources/Troupe/Runtime/RuntimeCore.swift": "dates entries; compares with the times at which retries are due",
        "Sources/Troupe/Runtime/WallClock.swift": "is the clock",
        "Sources/TroupeCLI/Commands/Doctor/DoctorCommand.swift": "compares with files' times of change",
        "Sources/TroupeCLI/Commands/MapCommand.swift": "compares with events' times",
        "Sources/TroupeCLI/Commands/PsCommand.swift": "compares with recorded times",
        "Sources/TroupeCLI/Commands/PublishCommand.swift": "dates an event",
        "Sources/TroupeCLI/Commands/RestartCommand.swift": "dates a status",
        "Sources/TroupeCLI/Launcher/Launcher.swift": "dates a status",
        "Sources/TroupeCLI/Moment.swift": "is compared with events' times",
        "Sources/TroupeCLI/Top/TopSampler.swift": "shows it; compares with events' times",
        "Sources/TroupeTesting/Stage/ProcessActors.swift": "dates events",
        "Tests/TroupeTests/ForeignHome.swift": "dates entries",
        "Tests/TroupeTests/PeerCheckTests.swift": "dates entries",
        "Tests/Bench/FillCommand.swift": "dates events",
        "Tests/Bench/HotPaths.swift": "dates entries",
        "Tests/Bench/Roots.swift": "dates events",
        "Tests/TroupeTests/AtomicFileTests.swift": "sets a file's time of change",
        "Tests/TroupeTests/PublisherTests.swift": "dates events",
        "Tests/TroupeTests/RuntimeTests.swift": "dates events",
    ]

    /// Lines that reckon with the time of day: a limit that is made of it is no time that was recorded.
    private static let reckoning: Set<String> = [
        "Sources/Troupe/FileEngine/IngressLog.swift", "Sources/Troupe/Home/AtomicFile.swift",
        "Sources/Troupe/Metrics/RuntimeMeter.swift", "Sources/TroupeCLI/Moment.swift",
        "Tests/TroupeTests/AtomicFileTests.swift", "Tests/Bench/HotPaths.swift",
    ]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func sources() throws -> [(path: String, lines: [String])] {
        var found: [(path: String, lines: [String])] = []
        for folder in ["Sources", "Tests"] {
            let files = FileManager.default.enumerator(
                at: root.appending(path: folder), includingPropertiesForKeys: nil)
            for case let file as URL in try #require(files) where ["swift", "c", "h"].contains(file.pathExtension) {
                let path = String(file.path.dropFirst(root.path.count).drop { $0 == "/" })
                guard path != "Tests/TroupeTests/WallClockTests.swift" else { continue }
                let text = try String(contentsOf: file, encoding: .utf8)
                found.append((path, text.components(separatedBy: "\n")))
            }
        }
        return found
    }

    @Test func `F3: only files with a reason look at the time of day`() throws {
        let looks = try Regex(
            #"WallClock|CLOCK_REALTIME|gettimeofday|\bDate\(\)|\bDate\.now|(^|[^.\w])time\((nil|NULL|0)\)|SinceNow"#)
        let sources = try Self.sources()
        #expect(sources.count > 400, "the sources are not where this test looks")
        let lookers = Set(sources.filter { $0.lines.contains { $0.contains(looks) } }.map(\.path))
        for path in lookers.subtracting(Self.reasons.keys).sorted() {
            Issue.record("\(path) looks at the time of day: wait by Deadline, or state here why it is right")
        }
        for path in Set(Self.reasons.keys).subtracting(lookers).sorted() {
            Issue.record("\(path) does not look at the time of day any more: take it off the list")
        }
    }

    @Test func `F3: no limit is made of the time of day`() throws {
        let clock = #"(WallClock\.now\(\)(\.microseconds)?|\btime\(nil\))"#
        let reckons = try Regex(
            "\(clock)\\s*([-+<]|>|==)|([-+<>]=?|==)\\s*\(clock)")
        for (path, lines) in try Self.sources() where !Self.reckoning.contains(path) {
            for (number, line) in lines.enumerated() where line.contains(reckons) {
                Issue.record("\(path):\(number + 1) reckons with the time of day: use Deadline or SteadyClock")
            }
        }
    }
}
