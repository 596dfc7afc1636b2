internal import Journal

/// A machine: its clocks, and which run of its kernel this is.
final class Host {
    let index: Int
    let clock: VirtualClock
    private(set) var boots: UInt64 = 1
    private let isBootIDFixed: Bool

    init(index: Int, clock: VirtualClock, isBootIDFixed: Bool) {
        self.index = index
        self.clock = clock
        self.isBootIDFixed = isBootIDFixed
    }

    var name: String { "host \(index)" }

    var boot: BootID {
        let number = isBootIDFixed ? 1 : boots
        return BootID(bytes: [UInt8(index + 1)] + (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
    }

    func losePower() { boots += 1 }
}
