internal import Journal

/// Which machine this is: consumers on the same one may read a dead publisher's journal.
enum HostID {
    /// `/etc/machine-id`, or `local` where there is none.
    static let current: String = {
        guard let bytes = (try? AtomicFile.read("/etc/machine-id")) ?? nil else { return "local" }
        let text = String(decoding: bytes.prefix(32), as: UTF8.self)
        return text.isEmpty ? "local" : text
    }()
}
