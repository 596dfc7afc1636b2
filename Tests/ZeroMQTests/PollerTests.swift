internal import Glibc
internal import Synchronization
internal import Testing
internal import ZeroMQ

@Suite(.timeLimit(.minutes(1)))
struct PollerTests {
    @Test func `a wake-up from another thread ends a wait, and is drained`() throws {
        let wakeUp = try WakeUp()
        let poller = Poller()
        let index = poller.add(fileDescriptor: wakeUp.fileDescriptor)
        #expect(try poller.wait(milliseconds: 0) == 0)
        #expect(!poller.isReadable(index))
        try withThread {
            wakeUp.signal()
            wakeUp.signal()
        } during: { _ in
            let count = try poller.wait(milliseconds: 20_000)
            #expect(count == 1)
            #expect(poller.isReadable(index))
        }
        // Level-triggered: still there until drained, then both signals are gone at once.
        #expect(try poller.wait(milliseconds: 0) == 1)
        wakeUp.drain()
        #expect(try poller.wait(milliseconds: 0) == 0)
        #expect(!poller.isReadable(index))
        wakeUp.drain()
    }

    @Test func `a signal during a wait is survived`() throws {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        #expect(sigaction(SIGUSR1, &action, nil) == 0)
        let wakeUp = try WakeUp()
        let interruptions = Atomic(0)
        let isOver = Atomic(false)
        let failure = Mutex<ZeroMQError.Code?>(nil)
        try withContext { context in
            try withThread {
                let found = code {
                    let socket = try Socket(context, .router, options: .router)
                    let poller = Poller()
                    poller.add(socket, readable: true, writable: false)
                    let index = poller.add(fileDescriptor: wakeUp.fileDescriptor)
                    while try poller.wait(milliseconds: -1) == 0 {
                        #expect(!poller.isReadable(index))
                        interruptions.add(1, ordering: .relaxed)
                    }
                    #expect(poller.isReadable(index))
                }
                failure.withLock { $0 = found }
                isOver.store(true, ordering: .releasing)
            } during: { thread in
                defer { wakeUp.signal() }
                try eventually("interrupted waits") {
                    thread.interrupt()
                    return interruptions.load(ordering: .relaxed) >= 3
                }
            }
        }
        let hasEnded = isOver.load(ordering: .acquiring)
        #expect(hasEnded)
        #expect(failure.withLock { $0 } == nil)
    }

    @Test func `sockets and descriptors are told apart by index`() throws {
        try withFolder { folder in
            try withContext { context in
                let left = try Socket(context, .pair, options: SocketOptions())
                let right = try Socket(context, .pair, options: SocketOptions())
                let wakeUp = try WakeUp()
                try left.bind("ipc://\(folder)/s")
                try right.connect("ipc://\(folder)/s")
                try eventually("the connection", serving: [left, right]) { try left.send([1]) }

                let poller = Poller()
                for _ in 0..<3 {
                    poller.removeAll()
                    let writer = poller.add(left, readable: true, writable: true)
                    let reader = poller.add(right, readable: true, writable: false)
                    let waker = poller.add(fileDescriptor: wakeUp.fileDescriptor)
                    try eventually("the message") {
                        _ = try poller.wait(milliseconds: 100)
                        return poller.isReadable(reader)
                    }
                    #expect(poller.isWritable(writer))
                    #expect(!poller.isReadable(writer))
                    #expect(!poller.isWritable(reader))
                    #expect(!poller.isReadable(waker))
                }
            }
        }
    }

    @Test func `nothing to wait for is a wait for the time, and an error for ever`() throws {
        let poller = Poller()
        #expect(try poller.wait(milliseconds: 1) == 0)
        #expect(code { _ = try poller.wait(milliseconds: -1) } == .badOption)
    }
}
