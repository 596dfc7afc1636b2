internal import Choreography
internal import Glibc
internal import ServiceLifecycle
internal import ZeroMQ

/// Answers `GET /metrics` on a thread of its own, one peer after the other. It exists only where it was asked for.
final class MetricsEndpoint: Service {
    /// How long a peer may take to ask or to read, in milliseconds.
    private static let patience = 2000

    /// Where it listens, with the port that it got.
    let address: MetricsAddress
    private let listener: Int32
    private let stopper: WakeUp
    private let metrics: @Sendable () -> String

    /// Listens from now on; `metrics` is asked at each scrape. Throws when the address cannot be had.
    init(_ address: MetricsAddress, metrics: @escaping @Sendable () -> String) throws {
        self.metrics = metrics
        let listener = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        func failure() -> HandlerError {
            let reason = String(cString: strerror(errno))
            if listener >= 0 { close(listener) }
            return HandlerError(
                .failed,
                "metrics cannot be offered at \(address): \(reason). Name another address with --metrics, or port 0 for"
                    + " a free one")
        }
        guard listener >= 0 else { throw failure() }
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let isBound = address.withSocketAddress { bind(listener, $0, $1) == 0 } ?? false
        guard isBound, listen(listener, 16) == 0 else { throw failure() }
        do { stopper = try WakeUp() } catch { throw failure() }
        self.listener = listener
        self.address = MetricsAddress(host: address.host, port: Self.port(of: listener) ?? address.port)
    }

    deinit { close(listener) }

    private static func port(of listener: Int32) -> UInt16? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                guard getsockname(listener, name, &size) == 0 else { return nil }
                // The port stands at the same place in both families.
                return name.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    UInt16(bigEndian: $0.pointee.sin_port)
                }
            }
        }
    }

    /// Answers until the surrounding task is cancelled or gracefully shut down.
    func run() async throws {
        let ended = AsyncStream<Void>.makeStream()
        let thread = OSThread { [self] in
            serve()
            ended.continuation.finish()
        }
        await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in ended.stream {}
        } onCancelOrGracefulShutdown: { [self] in
            stopper.signal()
        }
        stopper.signal()
        thread.join()
    }

    // MARK: the thread

    private func serve() {
        while true {
            var waits = [
                pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stopper.fileDescriptor, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&waits, 2, -1) < 0, errno != EINTR { return }
            if waits[1].revents != 0 { return }
            guard waits[0].revents != 0 else { continue }
            let peer = accept(listener, nil, nil)
            guard peer >= 0 else {
                // Out of descriptors, say: the queue waits, and so does this thread.
                _ = poll(&waits[1], 1, 100)
                continue
            }
            _ = fcntl(peer, F_SETFD, FD_CLOEXEC)
            answer(peer)
            close(peer)
        }
    }

    private func answer(_ peer: Int32) {
        var patience = timeval(tv_sec: Self.patience / 1000, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        let deadline = Deadline(after: Int64(Self.patience) * 1000)
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: ScrapeRequest.limit)
        while !deadline.isOver {
            let count = recv(peer, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            head += buffer[..<count]
            switch ScrapeRequest.decide(head) {
            case .readOn: continue
            case .metrics(let wantsBody):
                send(
                    ScrapeRequest.answer(
                        status: "200 OK", type: PrometheusText.contentType, body: metrics(), wantsBody: wantsBody),
                    to: peer)
            case .refuse(let status, let text):
                send(ScrapeRequest.answer(status: status, type: "text/plain; charset=utf-8", body: text), to: peer)
            }
            return
        }
    }

    private func send(_ bytes: [UInt8], to peer: Int32) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes {
                Glibc.send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            offset += count
        }
        shutdown(peer, Int32(SHUT_WR))
    }
}
