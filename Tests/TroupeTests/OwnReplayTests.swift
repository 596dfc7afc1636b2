internal import Choreography
internal import Envelope
internal import Foundation
internal import Journal
internal import Testing
internal import Troupe

@Suite struct OwnReplayTests {
    /// Runs `body` with the replay of a journal that holds three events, each an entry.
    private func withReplay(_ body: (OwnReplay, Home) throws -> Void) throws {
        let home = Home(NSTemporaryDirectory() + "troupe-replay-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        try home.prepare(choreography: nil)
        let staged = try StagedHome(home)
        let drafts = try (1...3).map { number in
            EntryDraft(
                said: [Event(topic: try Topic("a"), flow: try FlowID("f\(number)"), time: StagedHome.start)],
                time: StagedHome.start)
        }
        try staged.append("shop", drafts)
        let id = try staged.publisher("shop")
        let known = try FileEngineReader(id, home: home, boot: BootID.current()).foldToEnd().1
        try body(try OwnReplay(publisher: id, home: home, boot: BootID.current()) { known }, home)
    }

    private func page(_ replay: OwnReplay, from next: UInt64, token: EngineCursor?) throws -> ReplayPage {
        let want = Want(topic: try Topic("a"), epoch: StagedHome.epoch, next: next)
        let bytes = replay.answer(ReplayRequest(id: 7, wants: [want], token: token, credit: 1 << 20))
        return try bytes.withUnsafeBytes { try ReplayCodec.page($0) }
    }

    private func sequences(_ page: ReplayPage) throws -> [UInt64] {
        var sequences: [UInt64] = []
        try page.records.withUnsafeBytes { bytes in
            try EntryCodec.forEachRecord(in: bytes) { record, _ in sequences.append(try RecordView(record).sequence) }
        }
        return sequences
    }

    @Test func `a place that is none is no damage: what is wanted tells where to begin`() throws {
        try withReplay { replay, _ in
            let good = try page(replay, from: 1, token: nil)
            #expect(try good.status == .records && sequences(good) == [1, 2, 3])
            for low in [1, good.token.low - 1, good.token.low + 1, .max] {
                let other = try page(replay, from: 2, token: EngineCursor(high: good.token.high, low: low))
                #expect(other.status == .records && other.id == 7, "\(low)")
                #expect(try sequences(other) == [2, 3] || sequences(other).isEmpty, "\(low)")
            }
            let amid = try page(replay, from: 2, token: EngineCursor(high: good.token.high, low: good.token.low - 1))
            #expect(try sequences(amid) == [2, 3])
        }
    }

    @Test func `damage is told, with a token and without`() throws {
        try withReplay { replay, home in
            let token = try page(replay, from: 1, token: nil).token
            let folder = home.journal("shop.0")
            let name = try #require(
                try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".seg") })
            var bytes = try Data(contentsOf: URL(filePath: folder + "/" + name))
            bytes[bytes.count - 3] ^= 1
            try bytes.write(to: URL(filePath: folder + "/" + name))
            #expect(try page(replay, from: 1, token: nil).status == .corrupt)
            #expect(
                try page(replay, from: 1, token: EngineCursor(high: token.high, low: token.low - 1)).status == .corrupt)
        }
    }
}
