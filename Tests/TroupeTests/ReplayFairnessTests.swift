internal import Choreography
internal import Envelope
internal import Foundation
internal import Testing
internal import Troupe
internal import ZeroMQ

/// One peer asks a slot for much more than it reads, over real sockets.
@Suite("F17: replays are fair between peers") struct ReplayFairnessTests {
    fileprivate static let requests: UInt32 = 300

    /// Someone who asks a slot's ROUTER.
    private final class Asker {
        private let socket: Socket
        private let poller = Poller()

        init(_ context: ZeroMQ.Context, _ endpoint: String) throws {
            var options = SocketOptions.dealer
            options.immediate = false
            (options.sendHighWaterMark, options.receiveHighWaterMark, options.maxMessageSize) = (0, 0, -1)
            socket = try Socket(context, .dealer, options: options)
            try socket.connect(endpoint)
            poller.add(socket, readable: true, writable: false)
        }

        func close() { socket.close() }

        func ask(_ id: UInt32, _ topic: String, credit: UInt32 = .max) throws {
            let want = Want(topic: try Topic(topic), epoch: 0, next: 1)
            let request = ReplayRequest(id: id, wants: [want], token: nil, credit: credit)
            #expect(try socket.send(ReplayCodec.encode(request)))
        }

        func ask(_ request: DeadLetterRequest) throws { #expect(try socket.send(request.encode())) }

        /// What has arrived.
        func answers() throws -> [[UInt8]] {
            var answers: [[UInt8]] = []
            while let answer = try socket.receive({ bytes, _ in Array(bytes) }) { answers.append(answer) }
            return answers
        }

        /// Asks very often, and waits until some of it is answered: by then all of it has arrived.
        func flood(_ topic: String, credit: UInt32 = .max) throws {
            for id in 2...ReplayFairnessTests.requests { try ask(id, topic, credit: credit) }
            for _ in 0..<3 { _ = try answer() }
        }

        /// The first answer, which is waited for; others may read meanwhile.
        func answer(_ meanwhile: () throws -> Void = {}) throws -> [UInt8] {
            let deadline = Deadline(after: 120_000_000)
            while !deadline.isOver {
                if let answer = try socket.receive({ bytes, _ in Array(bytes) }) { return answer }
                try meanwhile()
                _ = try poller.wait(milliseconds: 1)
            }
            throw StageError("no answer within 120 s")
        }
    }

    private struct StageError: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// Runs `body` with a slot whose journal holds some megabytes, and two who ask it.
    private func withSlot(_ body: (_ log: any EngineLog, _ flooder: Asker, _ honest: Asker) throws -> Void) async throws
    {
        try await withHome { home in
            let declaration = Declaration(handler: "shop", consumes: [], emits: ["a"])
            let engine = try FileEngine(home: home, options: .init(declaration: declaration), logger: .quiet)
            let slot = try PublisherID("shop.0")
            let log = try engine.open(slot)
            defer { try? log.close() }
            let event = Event(
                topic: try Topic("a"), flow: try FlowID("f"), time: Timestamp(microseconds: 1_700_000_000_000_000),
                data: Array(repeating: 0x30, count: 60_000))
            for _ in 0..<100 { try log.append(EntryDraft(said: [event], time: event.time), level: .written) { _ in } }
            let context = try ZeroMQ.Context()
            defer { context.terminate() }
            let (flooder, honest) = try (
                Asker(context, home.endpoint("shop.0", "r")), Asker(context, home.endpoint("shop.0", "r"))
            )
            defer {
                flooder.close()
                honest.close()
            }
            // Both are connected before the first of these is a peer of many requests.
            for asker in [flooder, honest] {
                try asker.ask(1, "never.said")
                _ = try asker.answer()
            }
            try body(log, flooder, honest)
        }
    }

    /// Pages of one entry and empty ones: large ones would be dropped on their way, and not be counted.
    @Test(arguments: [("a", 1), ("never.said", .max)] as [(String, UInt32)])
    func `F17: who asks once is answered after few of the answers for one who asks three hundred times`(
        topic: String, credit: UInt32
    ) async throws {
        try await withSlot { _, flooder, honest in
            try flooder.flood(topic, credit: credit)
            try honest.ask(2, "a")
            var before = 0
            let page = try honest.answer { before += try flooder.answers().count }.withUnsafeBytes {
                try ReplayCodec.page($0)
            }
            #expect(page.id == 2 && page.status == .records && page.hasMore && page.records.count > 4 << 20)
            // In order of arrival all of the flooder's would come first.
            #expect(before < 30, "\(before)")
        }
    }

    @Test func `F17: whole replays that nobody reads hold nobody up`() async throws {
        try await withSlot { _, flooder, honest in
            try flooder.flood("a")
            for id in 2...20 as ClosedRange<UInt32> {
                try honest.ask(id, "a", credit: 1)
                let page = try honest.answer().withUnsafeBytes { try ReplayCodec.page($0) }
                #expect(page.id == id && page.status == .records && page.hasMore)
            }
            // The honest one's last answer comes after all that was made for the other.
            let made = try flooder.answers().count
            #expect(made < 30, "\(made)")
        }
    }

    @Test func `F17: a request about dead letters has its turn too`() async throws {
        try await withSlot { log, flooder, honest in
            try log.follow([], start: { _ in Cursor() }, receiver: NoLetters())
            try flooder.flood("never.said")
            try honest.ask(DeadLetterRequest(id: 9, verb: .drop, positions: []))
            var before = 0
            let answer = try honest.answer { before += try flooder.answers().count }.withUnsafeBytes {
                try RequestAnswer($0)
            }
            #expect(answer.id == 9 && answer.changed == 0)
            #expect(before < 30, "\(before)")
        }
    }

    private final class NoLetters: DeliveryReceiver {
        func receive(_ deliveries: [Delivery]) -> Bool { true }
        func jump(_ jump: CursorJump) {}
        func failed(_ error: any Error) {}
        func request(_ request: DeadLetterRequest, answer: @escaping @Sendable (RequestAnswer) -> Void) {
            answer(RequestAnswer(id: request.id, changed: 0))
        }
    }
}
