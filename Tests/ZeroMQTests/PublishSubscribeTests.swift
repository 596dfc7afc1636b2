internal import Glibc
internal import Testing
internal import ZeroMQ

@Suite(.timeLimit(.minutes(1)))
struct PublishSubscribeTests {
    /// Serves `publisher` until it has heard `count` subscriptions.
    private func awaitSubscriptions(_ count: Int, _ publisher: Socket, _ others: [Socket]) throws -> [[UInt8]] {
        var heard: [[UInt8]] = []
        try eventually("\(count) subscriptions", serving: others + [publisher]) {
            while let parts = try publisher.receiveAll() { heard += parts }
            return heard.count >= count
        }
        return heard
    }

    @Test func `a subscriber hears its topic and not one that starts alike`() throws {
        try withEachTransport { context, endpoint in
            let publisher = try Socket(context, .xpub, options: .publisher)
            let subscriber = try Socket(context, .sub, options: .subscriber)
            try publisher.bind(endpoint)
            try subscriber.subscribe(frame("order"))
            try subscriber.connect(publisher.lastEndpoint)

            let subscriptions = try awaitSubscriptions(1, publisher, [subscriber])
            #expect(subscriptions == [[1] + frame("order")])

            #expect(try publisher.send(frame("order2", "no")))
            #expect(try publisher.send(frame("order", "yes")))
            let message = try eventually("the message", serving: [publisher, subscriber]) {
                try subscriber.receiveAll()
            }
            #expect(message == [frame("order", "yes")])
            #expect(try subscriber.receiveAll() == nil)
        }
    }

    @Test func `an unsubscribed topic is no longer heard, and the publisher is told`() throws {
        try withEachTransport { context, endpoint in
            let publisher = try Socket(context, .xpub, options: .publisher)
            let subscriber = try Socket(context, .sub, options: .subscriber)
            try publisher.bind(endpoint)
            try subscriber.connect(publisher.lastEndpoint)
            try subscriber.subscribe(frame("a"))
            try subscriber.subscribe(frame("b"))
            _ = try awaitSubscriptions(2, publisher, [subscriber])
            try subscriber.unsubscribe(frame("a"))
            #expect(try awaitSubscriptions(1, publisher, [subscriber]) == [[0] + frame("a")])

            #expect(try publisher.send(frame("a")))
            #expect(try publisher.send(frame("b")))
            let message = try eventually("b", serving: [publisher]) { try subscriber.receiveAll() }
            #expect(message == [frame("b")])
        }
    }

    @Test func `each of two equal subscriptions is passed on by a verbose publisher`() throws {
        try withEachTransport { context, endpoint in
            let publisher = try Socket(context, .xpub, options: .publisher)
            try publisher.bind(endpoint)
            let subscribers = try (0..<2).map { _ in
                let subscriber = try Socket(context, .sub, options: .subscriber)
                try subscriber.subscribe(frame("t"))
                try subscriber.connect(publisher.lastEndpoint)
                return subscriber
            }
            let subscriptions = try awaitSubscriptions(2, publisher, subscribers)
            #expect(subscriptions == [[1] + frame("t"), [1] + frame("t")])
        }
    }

    @Test func `a publisher that receives nothing still learns subscriptions while it asks for events`() throws {
        try withEachTransport { context, endpoint in
            let publisher = try Socket(context, .xpub, options: .publisher)
            let subscriber = try Socket(context, .sub, options: .subscriber)
            try publisher.bind(endpoint)
            try subscriber.subscribe(frame("t"))
            try subscriber.connect(publisher.lastEndpoint)
            let message = try eventually("a message", serving: [subscriber]) {
                _ = try publisher.events()
                _ = try publisher.send(frame("t"))
                return try subscriber.receiveAll()
            }
            #expect(message == [frame("t")])
        }
    }

    @Test func `an unserviced subscriber loses messages and neither blocks the publisher nor loses the order`() throws {
        try withEachTransport { context, endpoint in
            let publisher = try Socket(context, .xpub, options: .publisher)
            let subscriber = try Socket(context, .sub, options: .subscriber)
            try publisher.bind(endpoint)
            try subscriber.subscribe(frame("t"))
            try subscriber.connect(publisher.lastEndpoint)
            _ = try awaitSubscriptions(1, publisher, [subscriber])

            let count: UInt32 = 20_000
            let filling = [UInt8](repeating: 7, count: 2_000)
            for number in 0..<count {
                let bytes = frame("t") + withUnsafeBytes(of: number) { Array($0) } + filling
                #expect(try publisher.send(bytes))
            }
            #expect(try publisher.send(frame("t")))

            var numbers: [UInt32] = []
            try eventually("a message sent after the queue was drained", serving: [publisher]) {
                _ = try publisher.send(frame("t"))
                var isOver = false
                while let bytes = try subscriber.receiveAll()?.first {
                    guard bytes.count > 2 else {
                        isOver = true
                        continue
                    }
                    numbers.append(bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 2, as: UInt32.self) })
                }
                return isOver
            }
            #expect(numbers.first == 0)
            #expect(numbers.count < count)
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy(<))
        }
    }

    @Test func `a subscriber hears again, on all its topics, after the publisher was closed and bound anew`() throws {
        try withEachTransport { context, endpoint in
            let topics = (0..<90).map { "topic.\($0)" }
            var options = SocketOptions.subscriber
            options.reconnectInterval = 10
            let subscriber = try Socket(context, .sub, options: options)
            for topic in topics { try subscriber.subscribe(frame(topic)) }

            let first = try Socket(context, .xpub, options: .publisher)
            try first.bind(endpoint)
            let bound = first.lastEndpoint
            try subscriber.connect(bound)
            _ = try awaitSubscriptions(topics.count, first, [subscriber])
            first.close()

            let second = try Socket(context, .xpub, options: .publisher)
            // Closing ends on libzmq's own thread, so a tcp port is free only a moment later.
            try eventually("the address to be free") { code { try second.bind(bound) } != .addressInUse }
            let again = try awaitSubscriptions(topics.count, second, [subscriber])
            #expect(Set(again) == Set(topics.map { [1] + frame($0) }))
            #expect(try second.send(frame("topic.89", "again")))
            let message = try eventually("a message after the restart", serving: [second]) {
                try subscriber.receiveAll()
            }
            #expect(message == [frame("topic.89", "again")])
        }
    }

    @Test func `a peer that sends the publisher too much is dropped, and the others hear on`() throws {
        try withContext { context in
            let publisher = try Socket(context, .xpub, options: .publisher)
            try publisher.bind("tcp://127.0.0.1:*")
            let peer = try RawPeer(endpoint: publisher.lastEndpoint)
            try peer.shakeHands(as: "SUB")
            let heard = try peer.writeFrame([1] + frame("small")).awaitSubscription(publisher)
            #expect(heard == [[1] + frame("small")])

            try peer.writeFrame([1] + [UInt8](repeating: 120, count: 600))
            try eventually("the hostile peer to be dropped", serving: [publisher]) { try peer.isDropped() }

            let subscriber = try Socket(context, .sub, options: .subscriber)
            try subscriber.subscribe(frame("t"))
            try subscriber.connect(publisher.lastEndpoint)
            let message = try eventually("a message", serving: [publisher, subscriber]) {
                _ = try publisher.send(frame("t", "fine"))
                return try subscriber.receiveAll()
            }
            #expect(message == [frame("t", "fine")])
        }
    }
}

extension RawPeer {
    fileprivate func awaitSubscription(_ publisher: Socket) throws -> [[UInt8]] {
        try eventually("the small subscription", serving: [publisher]) { try publisher.receiveAll() }
    }
}
