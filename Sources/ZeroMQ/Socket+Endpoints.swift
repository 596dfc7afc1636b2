internal import CZeroMQ
internal import Glibc

extension Socket {
    // A Unix-domain address is 108 bytes with its closing NUL.
    private static let maximumPath = 107
    private static let ipc = "ipc://"
    private static let tcp = "tcp://"

    /// Listens at `endpoint`, `ipc:///path` or `tcp://address:port`; port `*` lets the system choose, see
    /// ``lastEndpoint``.
    ///
    /// libzmq takes an ipc path from a living owner without a word and leaves the file after closing: hold a lock on
    /// it first. Throws `.pathTooLong` over 107 bytes, `.pathIsNotASocket` rather than delete such a file,
    /// `.addressInUse` (tcp), `.badEndpoint`, `.permissionDenied` or `.noDescriptors`.
    package func bind(_ endpoint: String) throws(ZeroMQError) {
        let handle = try open("bind")
        if let path = try Socket.path(of: endpoint, "bind") { try Socket.refuseForeignFile(path, endpoint) }
        while zmq_bind(handle, endpoint) != 0 {
            guard zmq_errno() == EINTR else { throw .last("bind", endpoint: endpoint) }
        }
    }

    /// Connects to `endpoint`, now or when someone binds it, and again whenever the connection is lost.
    ///
    /// Throws `.pathTooLong` or `.badEndpoint`; an absent peer is not an error.
    package func connect(_ endpoint: String) throws(ZeroMQError) {
        let handle = try open("connect")
        _ = try Socket.path(of: endpoint, "connect")
        while zmq_connect(handle, endpoint) != 0 {
            guard zmq_errno() == EINTR else { throw .last("connect", endpoint: endpoint) }
        }
    }

    /// Leaves an endpoint named as it was to ``connect(_:)``; what it had queued is lost.
    ///
    /// Throws `.notConnected` when it was not connected.
    package func disconnect(_ endpoint: String) throws(ZeroMQError) {
        let handle = try open("disconnect")
        while zmq_disconnect(handle, endpoint) != 0 {
            switch zmq_errno() {
            case EINTR: continue
            case ENOENT:
                throw ZeroMQError(
                    code: .notConnected, operation: "disconnect", errno: ENOENT,
                    message: "\(endpoint): not connected; name the endpoint as it was connected")
            default: throw .last("disconnect", endpoint: endpoint)
            }
        }
    }

    /// What the last ``bind(_:)`` or ``connect(_:)`` came to, with the port that the system chose; empty before either
    /// and after closing.
    package var lastEndpoint: String {
        guard let handle = try? open("lastEndpoint") else { return "" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1_024) { buffer in
            var size = buffer.count
            while zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, buffer.baseAddress, &size) != 0 {
                guard zmq_errno() == EINTR else { return "" }
            }
            guard size > 0, let start = buffer.baseAddress else { return "" }
            return String(cString: start)
        }
    }

    /// The path of an ipc endpoint, nil for other transports; throws for one that libzmq would take amiss.
    private static func path(of endpoint: String, _ operation: String) throws(ZeroMQError) -> String? {
        guard !endpoint.utf8.contains(0) else {
            throw ZeroMQError(
                code: .badEndpoint, operation: operation, message: "\(endpoint): contains a NUL byte; remove it")
        }
        if endpoint.utf8.starts(with: tcp.utf8) { try checkPort(endpoint, operation) }
        guard endpoint.utf8.starts(with: ipc.utf8) else { return nil }
        let path = String(endpoint.dropFirst(ipc.count))
        guard !path.isEmpty else {
            throw ZeroMQError(
                code: .badEndpoint, operation: operation, message: "\(endpoint): has no path; write ipc:///path")
        }
        guard path.utf8.count <= maximumPath else {
            throw ZeroMQError(
                code: .pathTooLong, operation: operation,
                message: "\(endpoint): its path has \(path.utf8.count) bytes and a Unix-domain address holds "
                    + "\(maximumPath); choose a home with a shorter path")
        }
        return path
    }

    /// libzmq cuts a port to 16 bits and reads `80x` as 80.
    private static func checkPort(_ endpoint: String, _ operation: String) throws(ZeroMQError) {
        let port = endpoint[(endpoint.lastIndex(of: ":") ?? endpoint.startIndex)...].dropFirst()
        guard port == "*" || UInt16(port) != nil else {
            throw ZeroMQError(
                code: .badEndpoint, operation: operation,
                message: "\(endpoint): \(port) is no port; write tcp://address:port with 1 to 65535, or * to bind")
        }
    }

    /// libzmq unlinks whatever is at the path before it binds, so anything but a socket is refused here.
    private static func refuseForeignFile(_ path: String, _ endpoint: String) throws(ZeroMQError) {
        // An abstract name or a path that libzmq chooses: no file of ours.
        guard !path.utf8.starts(with: "@".utf8), path != "*" else { return }
        var status = stat()
        while lstat(path, &status) != 0 {
            switch errno {
            case EINTR: continue
            // Nothing there; a missing folder is reported by the bind itself.
            case ENOENT: return
            default: throw .of(errno: errno, "bind", endpoint: endpoint)
            }
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ZeroMQError(
                code: .pathIsNotASocket, operation: "bind",
                message: "\(endpoint): a file that is not a socket is there and would be deleted; move it away")
        }
    }
}
