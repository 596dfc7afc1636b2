internal import Glibc
internal import Synchronization
internal import Testing
internal import ZeroMQ

@Suite(.timeLimit(.minutes(1)))
struct LifeCycleTests {
    @Test(arguments: [Int32(0), 200])
    func `closing and terminating ends in time with undelivered messages`(linger: Int32) throws {
        try withFolder { folder in
            let context = try Context()
            var options = SocketOptions()
            options.linger = linger
            let socket = try Socket(context, .dealer, options: options)
            try socket.connect("ipc://\(folder)/nobody")
            for _ in 0..<64 { #expect(try socket.send([UInt8](repeating: 1, count: 1_000))) }
            let start = ContinuousClock.now
            socket.close()
            context.terminate()
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test func `a socket that is let go of closes itself, and its context with it`() throws {
        weak var released: Context?
        do {
            let context = try Context()
            released = context
            let socket = try Socket(context, .dealer, options: .dealer)
            try socket.connect("tcp://127.0.0.1:9")
        }
        #expect(released == nil)
    }

    @Test func `a closed socket refuses politely`() throws {
        try withContext { context in
            let socket = try Socket(context, .pair, options: SocketOptions())
            let poller = Poller()
            poller.add(socket, readable: true, writable: false)
            socket.close()
            socket.close()
            #expect(code { _ = try socket.send([1]) } == .closed)
            #expect(code { _ = try socket.receiveAll() } == .closed)
            #expect(code { _ = try socket.events() } == .closed)
            #expect(code { try socket.bind("tcp://127.0.0.1:*") } == .closed)
            #expect(code { _ = try poller.wait(milliseconds: 0) } == .closed)
            #expect(socket.lastEndpoint == "")
        }
    }

    @Test func `a shutdown ends a wait on another thread`() throws {
        let context = try Context()
        let isWaiting = Atomic(false)
        let result = Mutex<ZeroMQError.Code?>(nil)
        try withThread {
            let found = code {
                let socket = try Socket(context, .router, options: .router)
                let poller = Poller()
                poller.add(socket, readable: true, writable: false)
                isWaiting.store(true, ordering: .releasing)
                _ = try poller.wait(milliseconds: -1)
            }
            result.withLock { $0 = found }
        } during: { _ in
            try eventually("the thread to wait") { isWaiting.load(ordering: .acquiring) }
            context.shutdown()
        }
        context.terminate()
        context.terminate()
        context.shutdown()
        #expect(result.withLock { $0 } == .terminated)
        #expect(code { _ = try Socket(context, .pair, options: SocketOptions()) } == .terminated)
    }

    @Test func `values out of range are refused`() throws {
        #expect(code { _ = try Context(ioThreads: 0) } == .badOption)
        #expect(code { _ = try Context(maxSockets: 0) } == .badOption)
        let changes: [(inout SocketOptions) -> Void] = [
            { $0.linger = -1 }, { $0.linger = 1_001 }, { $0.maxMessageSize = 0 }, { $0.sendHighWaterMark = -1 },
            { $0.receiveHighWaterMark = -1 }, { $0.reconnectIntervalMax = 0 }, { $0.reconnectInterval = 0 },
            { $0.handshakeInterval = 0 }, { $0.xpubVerbose = true }, { $0.routerHandover = true },
        ]
        try withContext { context in
            for change in changes {
                var options = SocketOptions()
                change(&options)
                #expect(code { _ = try Socket(context, .dealer, options: options) } == .badOption)
            }
            let subscriber = try Socket(context, .sub, options: .subscriber)
            try subscriber.subscribe([])
            try subscriber.subscribe([UInt8](repeating: 97, count: Socket.maximumPrefix))
            let tooLong = [UInt8](repeating: 97, count: Socket.maximumPrefix + 1)
            #expect(code { try subscriber.subscribe(tooLong) } == .prefixTooLong)
            let dealer = try Socket(context, .dealer, options: .dealer)
            #expect(code { try dealer.subscribe([1]) } == .badOption)
        }
    }

    @Test func `a context that has no socket left says so`() throws {
        let context = try Context(maxSockets: 1)
        let first = try Socket(context, .pair, options: SocketOptions())
        #expect(code { _ = try Socket(context, .pair, options: SocketOptions()) } == .noDescriptors)
        first.close()
        context.terminate()
    }
}
