internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import Journal
internal import Troupe
internal import ZeroMQ

/// `troupe doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check what Troupe needs of this machine, and say what to do about what is missing.",
        discussion: "Exits with 1 when something will not work. Makes the home if it is not there.")

    @Flag(help: "Print the findings as a JSON array.")
    var json = false

    @OptionGroup var homeOptions: HomeOptions

    func run() async throws {
        try await reporting {
            let findings = try examine(homeOptions.resolve())
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
                Console.exact(String(decoding: try encoder.encode(findings), as: UTF8.self))
            } else {
                for finding in findings { show(finding) }
            }
            if findings.contains(where: { $0.verdict == .problem }) { throw ExitCode(1) }
        }
    }

    private func show(_ finding: Finding) {
        let style = Console.style
        let mark =
            switch finding.verdict {
            case .ok: style.green("ok     ")
            case .warning: style.bold("warning")
            case .problem: style.red("PROBLEM")
            }
        let name = finding.check + String(repeating: " ", count: max(0, 12 - finding.check.count))
        Console.line("\(mark)  \(name)  \(finding.found)")
        if !finding.advice.isEmpty { Console.line("                       → \(finding.advice)") }
    }

    private func examine(_ home: Home) -> [Finding] {
        var findings = [Diagnosis.library(.loaded)]
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        findings.append(Diagnosis.descriptors(soft: UInt64(limit.rlim_cur), hard: UInt64(limit.rlim_max)))
        findings.append(Diagnosis.socketPath(length: home.longestSocketPath, home: home.path))
        var problem: String?
        do { try home.prepare(choreography: nil) } catch { problem = "\(error)" }
        findings.append(Diagnosis.rights(problem, home: home.path))
        if problem == nil {
            var status = statvfs()
            if statvfs(home.path, &status) == 0 {
                findings.append(Diagnosis.disk(freeBytes: UInt64(status.f_bavail) * UInt64(status.f_frsize)))
            }
            findings.append(Diagnosis.fileSystem(kind: MountTable.current().kind(of: home.path)))
            findings.append(sync(in: home))
        }
        findings.append(Diagnosis.clock(aheadSeconds: newestJournal(in: home) - Int(time(nil))))
        if problem == nil { findings += contents(of: home) }
        return findings
    }

    /// What cannot be read, and what handlers have heard beyond the ends of journals.
    private func contents(of home: Home) -> [Finding] {
        let (look, found) = (HomeLook(home), UnreadableList())
        for row in look.unreadable { found.add(row) }
        do {
            let backlogs = try HandlerBacklog.all(in: home, look, note: found.add)
            return Diagnosis.contents(
                found.rows, unknown: backlogs.sorted { $0.key < $1.key }.flatMap(\.value.unknown))
        } catch {
            return [Finding("contents", .problem, "\(error)", advice: "see to it, and look again")]
        }
    }

    /// Writes 512 bytes and syncs, 64 times, in a file of its own.
    private func sync(in home: Home) -> Finding {
        let path = "\(home.path)/doctor.\(getpid())"
        let fileSystem = OSFileSystem()
        do {
            let file = try fileSystem.createExclusively(path)
            defer { try? fileSystem.unlink(path) }
            var times: [Int64] = []
            for round in 0..<64 {
                try file.write([UInt8](repeating: UInt8(round), count: 512), at: UInt64(round) * 512)
                let before = SteadyClock.now()
                try file.synchronizeData()
                times.append(SteadyClock.now().microseconds - before.microseconds)
            }
            return Diagnosis.sync(medianMicroseconds: times.sorted()[32])
        } catch {
            return Finding("fdatasync", .problem, "\(error)", advice: "handlers cannot write here; name another --home")
        }
    }

    /// When a journal of the home was written last, in seconds since 1970; 0 if there is none.
    private func newestJournal(in home: Home) -> Int {
        JournalShelf(home: home).publishers().map { publisher in
            var status = stat()
            return stat("\(home.journal(publisher.text))/mark", &status) == 0 ? Int(status.st_mtim.tv_sec) : 0
        }.max() ?? 0
    }
}
