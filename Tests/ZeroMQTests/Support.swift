internal import Glibc
internal import Testing
internal import ZeroMQ

/// What did not happen in time.
struct Timeout: Error { let what: String }

/// Asks until `condition` answers something, serving `sockets` between; throws ``Timeout`` after 20 s.
func eventually<T>(_ what: String, serving sockets: [Socket] = [], _ condition: () throws -> T?) throws -> T {
    let poller = Poller()
    for socket in sockets { poller.add(socket, readable: true, writable: false) }
    let deadline = ContinuousClock.now + .seconds(20)
    repeat {
        if let value = try condition() { return value }
        _ = try poller.wait(milliseconds: 5)
        for socket in sockets { _ = try socket.events() }
    } while ContinuousClock.now < deadline
    throw Timeout(what: what)
}

func eventually(_ what: String, serving sockets: [Socket] = [], _ condition: () throws -> Bool) throws {
    let _: Bool = try eventually(what, serving: sockets) { try condition() ? true : nil }
}

/// A short-named folder, removed with the files in it afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/zmq-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer {
        if let entries = opendir(folder) {
            while let entry = readdir(entries) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                unlink("\(folder)/\(name)")
            }
            closedir(entries)
        }
        rmdir(folder)
    }
    try body(folder)
}

/// A context whose sockets `body` must let go of; terminated afterwards.
func withContext(_ body: (Context) throws -> Void) throws {
    let context = try Context()
    defer { context.terminate() }
    try body(context)
}

/// Runs `body` with an endpoint to bind over ipc, then with one over tcp.
func withEachTransport(_ body: (Context, _ bindable: String) throws -> Void) throws {
    try withFolder { folder in
        for endpoint in ["ipc://\(folder)/s", "tcp://127.0.0.1:*"] {
            try withContext { try body($0, endpoint) }
        }
    }
}

/// The bytes of `topic`, a NUL, and `payload`.
func frame(_ topic: String, _ payload: String = "") -> [UInt8] { Array(topic.utf8) + [0] + Array(payload.utf8) }

/// The code that `body` fails with.
func code(_ body: () throws -> Void) -> ZeroMQError.Code? {
    do {
        try body()
        return nil
    } catch { return (error as? ZeroMQError)?.code }
}
