internal import Glibc
internal import Testing

/// A peer that speaks ZMTP 3.0 (RFC 23) by hand over a TCP connection, and may misbehave.
final class RawPeer {
    private let descriptor: Int32

    /// Connects to `tcp://127.0.0.1:port`.
    init(endpoint: String) throws {
        let port = try #require(endpoint.split(separator: ":").last.flatMap { UInt16($0) })
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    deinit { Glibc.close(descriptor) }

    func shakeHands(as type: String) throws {
        let signature: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F]
        let mechanism = Array("NULL".utf8) + [UInt8](repeating: 0, count: 16)
        try write(signature + [3, 0] + mechanism + [UInt8](repeating: 0, count: 32))
        let property = [11] + Array("Socket-Type".utf8) + [0, 0, 0, UInt8(type.utf8.count)] + Array(type.utf8)
        let ready = [5] + Array("READY".utf8) + property
        try write([4, UInt8(ready.count)] + ready)
        // Whoever sends before the other side's READY has come is disconnected.
        let greeting = try read(64 + 2)
        _ = try read(Int(greeting[65]))
    }

    /// One message part.
    @discardableResult
    func writeFrame(_ body: [UInt8]) throws -> RawPeer {
        try write([2] + withUnsafeBytes(of: UInt64(body.count).bigEndian) { Array($0) } + body)
        return self
    }

    /// Whether the other side has ended the connection; reads what it said before.
    func isDropped() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1_024)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 || (count < 0 && errno == EINTR) { continue }
            return count == 0 || errno == ECONNRESET
        }
    }

    private func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = recv(descriptor, &bytes, count, Int32(MSG_WAITALL))
        try #require(result == count)
        return bytes
    }

    private func write(_ bytes: [UInt8]) throws {
        let count = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        try #require(count == bytes.count)
    }
}
