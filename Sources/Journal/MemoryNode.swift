/// The content of a file in a ``MemoryFileSystem``: what is read, what is on disk, and the way from one to the other.
// @unchecked: used under the file system's gate only.
final class MemoryNode: @unchecked Sendable {
    static let sector = 512

    /// Something that was done to the cache and that no sync has covered.
    enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(size: Int)
    }

    var cache: [UInt8]
    var durable: [UInt8]
    var pending: [Change] = []
    /// Its number, and when it was changed last.
    let inode: UInt64
    var changed: Int64

    init(_ bytes: [UInt8] = [], inode: UInt64, changed: Int64) {
        cache = bytes
        durable = bytes
        self.inode = inode
        self.changed = changed
    }

    func change(_ change: Change, now: Int64) {
        Self.apply(change, to: &cache)
        pending.append(change)
        changed = now
    }

    func synchronize() {
        for change in pending { Self.apply(change, to: &durable) }
        pending = []
    }

    /// What the disk holds after a power loss; `chance` is how likely, in percent, a change reached it.
    func survivors(chance: Int, using random: inout some RandomNumberGenerator) -> [UInt8] {
        if pending.isEmpty { return durable }
        var result = durable
        var sizes = [durable.count]
        var sectors: [Int: [[UInt8]]] = [:]
        var content = durable
        for change in pending {
            Self.apply(change, to: &content)
            sizes.append(content.count)
            guard case .write(let offset, let bytes) = change, !bytes.isEmpty else { continue }
            for sector in offset / Self.sector...(offset + bytes.count - 1) / Self.sector {
                let from = sector * Self.sector
                sectors[sector, default: []].append(Array(content[from..<min(from + Self.sector, content.count)]))
            }
        }
        let size =
            Int.random(in: 0..<100, using: &random) < chance
            ? sizes[sizes.count - 1] : sizes.randomElement(using: &random) ?? durable.count
        for (sector, versions) in sectors.sorted(by: { $0.key < $1.key })
        where Int.random(in: 0..<100, using: &random) < chance {
            // The newest content mostly, but an older one may be what the disk got.
            let version = Bool.random(using: &random) ? versions.last : versions.randomElement(using: &random)
            Self.apply(.write(offset: sector * Self.sector, bytes: version ?? []), to: &result)
        }
        Self.apply(.truncate(size: size), to: &result)
        return result
    }

    private static func apply(_ change: Change, to content: inout [UInt8]) {
        switch change {
        case .write(let offset, let bytes):
            let end = offset + bytes.count
            if content.count < end { content.append(contentsOf: repeatElement(0, count: end - content.count)) }
            content.replaceSubrange(offset..<end, with: bytes)
        case .truncate(let size):
            if content.count > size {
                content.removeSubrange(size...)
            } else {
                content.append(contentsOf: repeatElement(0, count: size - content.count))
            }
        }
    }
}
