internal import Choreography
internal import Envelope
internal import Testing

@Suite struct ReplayCodecTests {
    private func same(_ a: ReplayPage, _ b: ReplayPage) -> Bool {
        a.id == b.id && a.status == b.status && a.epoch == b.epoch && a.jumps == b.jumps && a.tips == b.tips
            && a.hasMore == b.hasMore && a.token == b.token && a.records == b.records
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `requests, pages and tips survive their encoding`(seed: UInt64) throws {
        var items = ItemGenerator(seed: seed)
        let request = items.request()
        #expect(try ReplayCodec.encode(request).withUnsafeBytes { try ReplayCodec.request($0) } == request)
        let page = items.page(of: Sample.publisher())
        let read = try ReplayCodec.encode(page, publisher: Sample.publisher()).withUnsafeBytes {
            try ReplayCodec.page($0)
        }
        #expect(same(read, page))
        let tip = items.tip()
        let frame = tip.frame()
        #expect(frame.withUnsafeBytes { Tip.matches($0) })
        #expect(try frame.withUnsafeBytes { try Tip(frame: $0) } == tip)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `cut or changed messages are errors or values, never traps`(seed: UInt64) {
        var items = ItemGenerator(seed: seed)
        let request = ReplayCodec.encode(items.request())
        let page = ReplayCodec.encode(items.page(of: Sample.publisher()), publisher: Sample.publisher())
        let tip = items.tip().frame()
        for damage in [Damage.truncations, Damage.flips] {
            damage(request) { _ = try? ReplayCodec.request($0) }
            damage(page) { _ = try? ReplayCodec.page($0) }
            damage(tip) { _ = try? Tip(frame: $0) }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `every truncated request and tip is an error`(seed: UInt64) {
        var items = ItemGenerator(seed: seed)
        Damage.truncations(of: ReplayCodec.encode(items.request())) { bytes in
            #expect(throws: (any Error).self) { try ReplayCodec.request(bytes) }
        }
        Damage.truncations(of: items.tip().frame()) { bytes in
            #expect(throws: (any Error).self) { try Tip(frame: bytes) }
        }
    }

    @Test func `a request for too many topics is refused`() throws {
        func request(_ count: Int) -> [UInt8] {
            let want = Want(topic: Sample.topic("a"), epoch: 0, next: 1)
            return ReplayCodec.encode(
                ReplayRequest(id: 1, wants: Array(repeating: want, count: count), token: nil, credit: 1))
        }
        _ = try request(ReplayCodec.wantLimit).withUnsafeBytes { try ReplayCodec.request($0) }
        #expect(throws: ChoreographyError.self) {
            try request(ReplayCodec.wantLimit + 1).withUnsafeBytes { try ReplayCodec.request($0) }
        }
    }

    @Test func `another version, and an answer where a question is due, are refused`() {
        var request = ReplayCodec.encode(ReplayRequest(id: 1, wants: [], token: nil, credit: 1))
        #expect(throws: ChoreographyError.self) { try request.withUnsafeBytes { try ReplayCodec.page($0) } }
        request[0] = 2
        #expect(throws: ChoreographyError.self) { try request.withUnsafeBytes { try ReplayCodec.request($0) } }
    }

    @Test func `no topic's frame looks like a tip`() {
        let header = FrameHeader(
            topic: Sample.topic("tip"), publisher: "shop.0", epoch: 1, firstSequence: 1, count: 0)
        #expect(!Frame.encode(header, records: []).withUnsafeBytes { Tip.matches($0) })
        #expect(!Tip.prefix.withUnsafeBytes { Tip.matches($0) })
        #expect((try? Topic(String(decoding: Tip.prefix.dropLast(), as: UTF8.self))) == nil)
    }
}
