internal import Glibc

/// Tells the service manager where a process has got to (sd_notify(3)): datagrams to the socket `$NOTIFY_SOCKET`.
struct ServiceNotifier: Sendable {
    private let address: String

    /// Nil when no service manager listens.
    init?(address: String? = getenv("NOTIFY_SOCKET").map { String(cString: $0) }) {
        // `@` stands for the NUL that begins an abstract name; other families (vsock) are for virtual machines.
        guard let address, address.hasPrefix("/") || address.hasPrefix("@"), address.utf8.count > 1 else { return nil }
        self.address = address
    }

    /// Sends a phase. What nobody takes is lost: the service manager has a time limit of its own.
    func tell(_ phase: RuntimePhase) {
        switch phase {
        case .hearing: send("READY=1\nSTATUS=hearing")
        case .draining: send("STOPPING=1\nSTATUS=draining")
        }
    }

    private func send(_ message: String) {
        var socketAddress = sockaddr_un()
        var name = Array(address.utf8)
        guard name.count < MemoryLayout.size(ofValue: socketAddress.sun_path) else { return }
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        socketAddress.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &socketAddress.sun_path) { $0.copyBytes(from: name) }
        // An abstract name has exactly its bytes; a path may end before the array does.
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count + (name[0] == 0 ? 0 : 1))
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        _ = withUnsafePointer(to: &socketAddress) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bytes.withUnsafeBytes {
                    sendto(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), address, length)
                }
            }
        }
    }
}
