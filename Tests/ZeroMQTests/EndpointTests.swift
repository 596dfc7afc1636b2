internal import Glibc
internal import Testing
internal import ZeroMQ

@Suite(.timeLimit(.minutes(1)))
struct EndpointTests {
    @Test func `a path of 107 bytes binds and one of 108 is refused with advice`() throws {
        try withFolder { folder in
            try withContext { context in
                let longest = "ipc://\(folder)/" + String(repeating: "x", count: 106 - folder.utf8.count)
                let socket = try Socket(context, .xpub, options: .publisher)
                try socket.bind(longest)
                #expect(socket.lastEndpoint == longest)

                let error = #expect(throws: ZeroMQError.self) { try socket.bind(longest + "x") }
                #expect(error?.code == .pathTooLong)
                #expect(error?.message.contains(longest) == true)
                #expect(error?.message.contains("shorter path") == true)
                #expect(code { try socket.connect(longest + "x") } == .pathTooLong)
            }
        }
    }

    @Test func `a regular file at the path is refused and survives`() throws {
        try withFolder { folder in
            try withContext { context in
                let path = "\(folder)/precious"
                let file = open(path, O_CREAT | O_WRONLY, 0o600)
                #expect(write(file, "kept", 4) == 4)
                Glibc.close(file)

                let socket = try Socket(context, .xpub, options: .publisher)
                #expect(code { try socket.bind("ipc://\(path)") } == .pathIsNotASocket)

                var status = stat()
                #expect(lstat(path, &status) == 0)
                #expect(status.st_size == 4)
                #expect(symlink(path, "\(folder)/link") == 0)
                #expect(code { try socket.bind("ipc://\(folder)/link") } == .pathIsNotASocket)
            }
        }
    }

    @Test func `the socket file of one that is gone is bound again`() throws {
        try withFolder { folder in
            for _ in 0..<2 {
                try withContext { context in
                    try Socket(context, .xpub, options: .publisher).bind("ipc://\(folder)/s")
                }
            }
        }
    }

    @Test func `an occupied tcp port is reported as such`() throws {
        try withContext { context in
            let first = try Socket(context, .router, options: .router)
            try first.bind("tcp://127.0.0.1:*")
            let second = try Socket(context, .router, options: .router)
            let error = #expect(throws: ZeroMQError.self) { try second.bind(first.lastEndpoint) }
            #expect(error?.code == .addressInUse)
            #expect(error?.errno == EADDRINUSE)
            #expect(error?.description.contains(first.lastEndpoint) == true)
        }
    }

    @Test(arguments: [
        "", "nonsense", "ipc://", "ftp://127.0.0.1:1", "tcp://127.0.0.1:99999", "tcp://:", "ipc:///a\0b",
        "ipc:///nowhere-at-all/s",
    ])
    func `an endpoint that cannot be is refused`(endpoint: String) throws {
        try withContext { context in
            let socket = try Socket(context, .pair, options: SocketOptions())
            #expect(code { try socket.bind(endpoint) } == .badEndpoint)
        }
    }

    @Test func `only what was connected can be disconnected`() throws {
        try withFolder { folder in
            try withContext { context in
                let socket = try Socket(context, .sub, options: .subscriber)
                try socket.connect("ipc://\(folder)/s")
                try socket.disconnect("ipc://\(folder)/s")
                #expect(code { try socket.disconnect("ipc://\(folder)/s") } == .notConnected)
            }
        }
    }
}
