internal import ArgumentParser
internal import Glibc

/// Where metrics are to be had: `127.0.0.1:9100`, `[::1]:9100`. Port 0 takes a free one.
package struct MetricsAddress: ExpressibleByArgument, Hashable, Sendable, CustomStringConvertible {
    /// A numeric address; names are not looked up.
    package let host: String
    package let port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    package init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = argument[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = host.dropFirst().dropLast() }
        self.init(host: String(host), port: port)
        guard isBracketed == (family == AF_INET6), withSocketAddress({ _, _ in }) != nil else { return nil }
    }

    package var description: String { family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    package var defaultValueDescription: String { description }

    /// What may be said.
    package static let expected = "an address and a port such as 127.0.0.1:9100; port 0 takes a free one"

    var family: Int32 { host.contains(":") ? AF_INET6 : AF_INET }

    /// Hands out the address as the system knows it; nil if it is none.
    func withSocketAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R? {
        if family == AF_INET6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            guard inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else { return nil }
            return Self.with(&address, body)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return nil }
        return Self.with(&address, body)
    }

    private static func with<A, R>(_ address: inout A, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<A>.size))
            }
        }
    }
}
