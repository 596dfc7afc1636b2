@testable internal import Journal

/// A journal on a file system, in one boot of a machine.
struct Stage<Files: FileSystem> {
    var files: Files
    var directory = "home/payment.0"
    var boot = BootID(bytes: [1, 2, 3])
    var options = JournalOptions()
    var epoch: UInt64 = 100
    /// Whether something outside shows that the journal is not the one that was.
    var isPutBack = false

    init(_ files: Files) { self.files = files }

    func path(_ name: String) -> String { directory + "/" + name }
    var firstSegment: String { path("0000000000000000.seg") }
    var mark: String { path("mark") }

    /// Opens the journal; a new epoch is one above the highest that this stage has seen.
    mutating func open(name: String = "payment.0") throws -> Opened {
        var checkpoints: [[UInt8]] = []
        var replayed: [Recorded] = []
        let next = epoch + 1
        let (writer, report) = try JournalWriter.open(
            directory, name: name, fileSystem: files, boot: boot, now: 1_700_000_000_000_000, options: options,
            newEpoch: { _ in next }, isPutBack: { isPutBack }, restore: { checkpoints.append(Array($0)) },
            replay: { replayed.append(Recorded($0)) })
        epoch = report.epoch
        return Opened(writer: writer, report: report, checkpoints: checkpoints, replayed: replayed)
    }

    var reader: JournalReader {
        get throws { try JournalReader(directory, fileSystem: files, boot: boot) }
    }

    /// Everything that a reader may read.
    func readAll(maxBytes: Int = 100) throws -> [Recorded] {
        let reader = try reader
        let end = try reader.end()
        var cursor = try reader.start()
        var entries: [Recorded] = []
        while true {
            let next = try reader.read(from: cursor, upTo: end, maxBytes: maxBytes) { entry in
                entries.append(Recorded(entry))
                return true
            }
            if next == cursor { return entries }
            cursor = next
        }
    }
}

extension Stage where Files == MemoryFileSystem {
    /// The same stage on a copy of its files.
    func copy() -> Stage {
        var copy = self
        copy.files = files.copy()
        return copy
    }

    mutating func powerLoss(_ random: inout some RandomNumberGenerator) {
        files.powerLoss(using: &random)
        boot = BootID(bytes: withUnsafeBytes(of: UInt64.random(in: 1 ... .max, using: &random)) { Array($0) })
    }
}
