internal import Testing
internal import ZeroMQ

@Suite(.timeLimit(.minutes(1)))
struct RequestReplyTests {
    @Test func `a router answers a dealer in several parts`() throws {
        try withEachTransport { context, endpoint in
            let router = try Socket(context, .router, options: .router)
            let dealer = try Socket(context, .dealer, options: .dealer)
            try router.bind(endpoint)
            try dealer.connect(router.lastEndpoint)
            let request: [[UInt8]] = [[1], [], Array("replay".utf8)]
            try eventually("the connection", serving: [router, dealer]) { try dealer.send(parts: request) }

            let received = try eventually("the request", serving: [dealer]) { try router.receiveAll() }
            #expect(received.count == 4)
            #expect(Array(received.dropFirst()) == request)

            #expect(try router.send(received[0], more: true))
            #expect(try router.send([2], more: true))
            #expect(try router.send([UInt8](repeating: 3, count: 100_000)))
            let answer = try eventually("the answer", serving: [router]) { try dealer.receiveAll() }
            #expect(answer == [[2], [UInt8](repeating: 3, count: 100_000)])
        }
    }

    @Test func `a router says false for a peer that is not there and goes on`() throws {
        try withEachTransport { context, endpoint in
            let router = try Socket(context, .router, options: .router)
            let dealer = try Socket(context, .dealer, options: .dealer)
            try router.bind(endpoint)
            try dealer.connect(router.lastEndpoint)
            #expect(try !router.send(parts: [[9, 9], [1]]))
            try eventually("the connection", serving: [router, dealer]) { try dealer.send([1]) }
            let peer = try eventually("the request") { try router.receiveAll() }[0]
            #expect(try router.send(parts: [peer, [1], [2]]))
            #expect(try eventually("the answer", serving: [router]) { try dealer.receiveAll() } == [[1], [2]])

            dealer.close()
            try eventually("the peer to be gone", serving: [router]) { try !router.send(parts: [peer, [1]]) }
        }
    }

    @Test func `a router says false for a peer whose queue is full, and sends again when it drains`() throws {
        try withEachTransport { context, endpoint in
            let router = try Socket(context, .router, options: .router)
            let dealer = try Socket(context, .dealer, options: .dealer)
            try router.bind(endpoint)
            try dealer.connect(router.lastEndpoint)
            try eventually("the connection", serving: [router, dealer]) { try dealer.send([1]) }
            let peer = try eventually("the request") { try router.receiveAll() }[0]

            let page = [UInt8](repeating: 1, count: 100_000)
            var sent = 0
            try eventually("the queue to be full") {
                while try router.send(parts: [peer, page]) { sent += 1 }
                return sent >= 64
            }
            var heard = 0
            try eventually("a send after the queue drained", serving: [router]) {
                while try dealer.receiveAll() != nil { heard += 1 }
                return try router.send(parts: [peer, [2]])
            }
            try eventually("all messages", serving: [router]) {
                while try dealer.receiveAll() != nil { heard += 1 }
                return heard > sent
            }
            #expect(heard >= 65)
        }
    }

    @Test func `a dealer that waits for its connection says false, and queues up to its mark otherwise`() throws {
        try withFolder { folder in
            try withContext { context in
                let waiting = try Socket(context, .dealer, options: .dealer)
                try waiting.connect("ipc://\(folder)/nobody")
                #expect(try !waiting.send([1]))
                #expect(try !waiting.events().writable)

                var options = SocketOptions.dealer
                options.immediate = false
                options.sendHighWaterMark = 5
                let queueing = try Socket(context, .dealer, options: options)
                try queueing.connect("ipc://\(folder)/nobody")
                for _ in 0..<5 { #expect(try queueing.send([1])) }
                #expect(try !queueing.send([1]))
                #expect(try !queueing.events().writable)
            }
        }
    }

    @Test func `a message of too many parts is dropped whole and counted`() throws {
        try withEachTransport { context, endpoint in
            let left = try Socket(context, .pair, options: SocketOptions())
            let right = try Socket(context, .pair, options: SocketOptions())
            try left.bind(endpoint)
            try right.connect(left.lastEndpoint)
            let tooMany = [[UInt8]](repeating: [1], count: 65)
            try eventually("the connection", serving: [left, right]) { try left.send(parts: tooMany) }
            let most = [[UInt8]](repeating: [2], count: 64)
            #expect(try left.send(parts: most))
            #expect(try eventually("the second message", serving: [left]) { try right.receiveAll() } == most)
            #expect(right.refusedMessages == 1)
        }
    }

    @Test func `lent bytes are read in place, unaligned, and short parts too`() throws {
        try withEachTransport { context, endpoint in
            let left = try Socket(context, .pair, options: SocketOptions())
            let right = try Socket(context, .pair, options: SocketOptions())
            try left.bind(endpoint)
            try right.connect(left.lastEndpoint)
            let number: UInt64 = 0x0102_0304_0506_0708
            for count in [0, 1, 16, 17, 24, 25, 26, 70_000] {
                let bytes = [9] + withUnsafeBytes(of: number.littleEndian) { Array($0) }
                let padded = bytes + [UInt8](repeating: 5, count: count)
                try eventually("the connection", serving: [left, right]) {
                    try padded.withUnsafeBytes { try left.send($0, more: true) }
                }
                #expect(try left.send([], more: false))
                let (read, size, more) = try eventually("the part", serving: [left]) {
                    try right.receive { bytes, more in
                        (bytes.loadUnaligned(fromByteOffset: 1, as: UInt64.self), bytes.count, more)
                    }
                }
                #expect(UInt64(littleEndian: read) == number)
                #expect(size == padded.count)
                #expect(more)
                let isLast = try right.receive { bytes, more in bytes.isEmpty && !more }
                #expect(isLast == true)
            }
        }
    }

    @Test func `an error from the body passes through and the socket goes on`() throws {
        struct Refused: Error {}
        try withEachTransport { context, endpoint in
            let left = try Socket(context, .pair, options: SocketOptions())
            let right = try Socket(context, .pair, options: SocketOptions())
            try left.bind(endpoint)
            try right.connect(left.lastEndpoint)
            try eventually("the connection", serving: [left, right]) { try left.send([1]) }
            #expect(try left.send([2]))
            try eventually("the message", serving: [right]) { try right.events().readable }
            #expect(throws: Refused.self) { _ = try right.receive { _, _ in throw Refused() } }
            #expect(try eventually("the next", serving: [left]) { try right.receiveAll() } == [[2]])
        }
    }
}
