internal import CoreMetrics
internal import Glibc
internal import Synchronization

/// What every Prometheus client says of its process, from /proc and getrusage(2).
final class ProcessMetrics: Sendable {
    static let help = [
        "process_cpu_seconds_total": "User and system CPU time spent.",
        "process_resident_memory_bytes": "Resident memory.",
        "process_open_fds": "Open file descriptors.",
        "process_max_fds": "Most file descriptors that may be open.",
        "process_start_time_seconds": "When the process began, since 1970.",
        "troupe_journal_size_bytes": "Bytes of the handler's journal.",
    ]

    private let cpu: FloatingPointCounter
    private let memory: Meter
    private let descriptors: Meter
    private let journal: Meter
    private let journalFolder: String
    private let lastCPU = Mutex(0.0)

    init(_ factory: any MetricsFactory, handler: String, journalFolder: String) {
        func meter(_ name: String) -> Meter { Meter(label: name, dimensions: [], factory: factory) }
        cpu = FloatingPointCounter(label: "process_cpu_seconds_total", dimensions: [], factory: factory)
        memory = meter("process_resident_memory_bytes")
        descriptors = meter("process_open_fds")
        journal = Meter(label: "troupe_journal_size_bytes", dimensions: [("handler", handler)], factory: factory)
        self.journalFolder = journalFolder
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            meter("process_max_fds").set(Double(limit.rlim_cur))
        }
        meter("process_start_time_seconds").set(Double(WallClock.now().microseconds) / 1e6)
    }

    /// Sets what is true at this moment.
    func refresh() {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        let spent = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
        cpu.increment(
            by: lastCPU.withLock { last in
                defer { last = spent }
                return spent - last
            })
        if let bytes = Self.residentBytes() { memory.set(bytes) }
        descriptors.set(FolderSize.count(in: "/proc/self/fd"))
        journal.set(Int64(FolderSize.bytes(in: journalFolder)))
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    private static func residentBytes() -> Int64? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = read(file, &buffer, buffer.count)
        let fields = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? Int64(fields[1]).map { $0 * Int64(sysconf(Int32(_SC_PAGESIZE))) } : nil
    }
}
