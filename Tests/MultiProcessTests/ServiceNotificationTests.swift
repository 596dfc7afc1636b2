internal import Foundation
internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("Service managers") struct ServiceNotifications {
        @Test(
            "hear READY when the handler hears and STOPPING when it drains", .timeLimit(.minutes(1)),
            arguments: [false, true])
        func notifications(_ isAbstract: Bool) async throws {
            try await withProcessStage { stage in
                let address = isAbstract ? "@" + stage.folder : stage.folder + "/notify"
                let manager = try NotifySocket(address)
                let handle = try stage.start("shop-order", [], environment: ["NOTIFY_SOCKET": address])
                #expect(try manager.receive().hasPrefix("READY=1\n"))
                #expect(stage.names(in: "directory") == ["order.0.json"])
                handle.terminate()
                #expect(try manager.receive().hasPrefix("STOPPING=1\n"))
                #expect(try await handle.waitForExit() == .exited(0))
            }
        }
    }
}

/// The service manager's end of sd_notify.
private final class NotifySocket {
    struct Failure: Error {}

    private let descriptor: Int32

    init(_ address: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var name = sockaddr_un()
        var bytes = Array(address.utf8)
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let status = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard status == 0 else { throw Failure() }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// The next datagram.
    func receive() throws -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw Failure() }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}
