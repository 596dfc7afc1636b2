internal import Testing

@testable internal import Journal

@Suite struct PowerLossTests {
    /// What must be in the journal.
    private struct Model {
        var entries: [Recorded] = []
        /// How many of them a sync has covered.
        var synced = 0
    }

    @Test(arguments: 0..<20) func whatWasSyncedSurvivesAndALossBeginsANewEpoch(block: UInt64) throws {
        for seed in block * 30..<(block + 1) * 30 {
            try run(seed)
        }
    }

    private func run(_ seed: UInt64) throws {
        var random = SplitMix(seed)
        var stage = Stage(MemoryFileSystem())
        stage.options.segmentSize = 3000
        var model = Model()
        for round in 0..<4 {
            let comment: Comment = "seed \(seed), round \(round)"
            var opened = try stage.open()
            try check(opened, &model, stage, mustBeNew: true, comment)
            for _ in 0..<Int.random(in: 0...25, using: &random) {
                let crash = try step(opened.writer, &model, stage, &random)
                guard crash else { continue }
                // A killed process, or one that saw a sync fail: the page cache is still there.
                let failed = (try? opened.writer.sync()) == nil
                stage.files.kill()
                opened = try stage.open()
                try check(opened, &model, stage, mustBeNew: failed, comment)
            }
            stage.powerLoss(&random)
            // Before any recovery a reader sees a part of what is known to be durable, or nothing at all.
            let seen = try stage.readAll()
            #expect(seen == Array(model.entries.prefix(seen.count)), comment)
            if seed % 3 == 0 {
                // Power is lost again during or just after the recovery.
                _ = try stage.open()
                stage.powerLoss(&random)
                let kept = try stage.readAll()
                try acceptLoss(kept, &model, comment)
            }
        }
    }

    /// Takes what a recovery kept as the truth, if it may be.
    private func check(
        _ opened: Opened, _ model: inout Model, _ stage: Stage<MemoryFileSystem>, mustBeNew: Bool, _ comment: Comment
    ) throws {
        let all = try stage.readAll()
        #expect(opened.report.isNewEpoch == mustBeNew, comment)
        #expect(opened.replayed.isEmpty || all.last?.end == opened.writer.writtenEnd, comment)
        #expect(opened.report.entries == UInt64(all.count + 1), comment)
        #expect(Array(all.suffix(opened.replayed.count)) == opened.replayed, comment)
        if mustBeNew {
            #expect(all.last?.kind == EntryKind.epoch, comment)
            #expect(all.last?.epoch == opened.report.epoch, comment)
        } else {
            #expect(all == model.entries, comment)
        }
        try acceptLoss(all, &model, comment)
        #expect(model.synced == all.count, comment)
    }

    private func acceptLoss(_ all: [Recorded], _ model: inout Model, _ comment: Comment) throws {
        let known = zip(all, model.entries).prefix { $0 == $1 }.count
        #expect(known >= model.synced, comment)
        #expect(all.dropFirst(known).allSatisfy { $0.kind == EntryKind.epoch }, comment)
        #expect(all.map(\.number) == (0..<all.count).map { UInt64($0 + 1) }, comment)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.epoch <= $1.epoch }, comment)
        model.entries = all
        model.synced = all.count
    }

    /// Does something; true if the process is to die now.
    private func step(
        _ writer: JournalWriter, _ model: inout Model, _ stage: Stage<MemoryFileSystem>, _ random: inout SplitMix
    ) throws -> Bool {
        func note(_ appended: AppendedEntry?) throws {
            guard let appended else { return }
            let bases = SegmentName.bases(try stage.files.list(stage.directory))
            let base = try #require(bases.last)
            let file = try stage.files.openForReading(stage.path(SegmentName.name(base)))
            var window = SegmentWindow(
                file, try SegmentHeader.read(file, base: base), limit: try file.size())
            guard case .entry(let entry) = try window.entry(at: appended.offset - base) else {
                Issue.record("the entry is not there")
                return
            }
            model.entries.append(Recorded(entry))
        }
        let n = Int.random(in: 0..<1000, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<8:
            try note(try writer.put(n, size: n % 3 == 0 ? n : n % 50))
        case 8..<11:
            let end = try writer.sync()
            #expect(end == writer.writtenEnd)
            model.synced = model.entries.count
        case 11..<14:
            try writer.release(upTo: writer.writtenEnd)
        case 14:
            try note(try writer.appendIdleMark(time: 1))
        case 15:
            stage.files.capacity = stage.files.used + n % 60
            if let appended = try? writer.put(n, size: 20) { try note(appended) }
            stage.files.capacity = .max
        case 16:
            if writer.wantsRotation || n % 4 == 0 {
                try writer.rotate(checkpoint: [UInt8](repeating: 1, count: n % 700), time: 3)
                model.synced = model.entries.count
            }
        case 17:
            stage.files.failSync(1, errno: 5, path: ".seg")
            try note(try writer.put(n))
            #expect(throws: JournalError.self) { try writer.sync() }
            return true
        case 18:
            stage.files.failWrite(1, errno: 5, path: ".seg", partialBytes: n % 52)
            #expect(throws: JournalError.self) { try writer.put(n) }
            return true
        default:
            return true
        }
        return false
    }
}
