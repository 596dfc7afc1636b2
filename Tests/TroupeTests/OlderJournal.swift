internal import Envelope

/// The files of a journal of version 1, which nobody writes any more.
struct OlderJournal {
    let name: String
    private(set) var segments: [(base: UInt64, bytes: [UInt8])] = []
    private var number: UInt64 = 1
    private var salt: UInt32 = 0
    var epoch: UInt64
    var time: Int64

    init(_ name: String, epoch: UInt64, time: Int64) {
        self.name = name
        self.epoch = epoch
        self.time = time
    }

    private(set) var end: UInt64 = 0

    /// Begins a segment behind what there is.
    mutating func begin(checkpoint: [UInt8] = []) {
        var bytes: [UInt8] = Array("TROUPSEG".utf8)
        bytes.put(UInt32(1))
        bytes.put(UInt32(64 + name.utf8.count + checkpoint.count))
        bytes.put(end)
        bytes.put(number)
        bytes.put(epoch)
        bytes.put(time)
        bytes.put(UInt32(checkpoint.count))
        bytes.put(checkpoint.withUnsafeBytes { CRC32C.checksum($0) })
        bytes.put(UInt16(name.utf8.count))
        bytes.put(UInt16(0))
        bytes += Array(name.utf8)
        salt = bytes.withUnsafeBytes { CRC32C.checksum($0) }
        bytes.put(salt)
        segments.append((end, bytes + checkpoint))
        end += UInt64(bytes.count + checkpoint.count)
    }

    /// Appends an entry; everything before it is durable.
    mutating func append(kind: UInt8 = 16, heard: [UInt8] = [], said: [UInt8] = [], knows: [UInt8] = []) {
        time += 1000
        var bytes: [UInt8] = []
        bytes.put(UInt32(52 + heard.count + said.count + knows.count))
        bytes.put(number)
        bytes.put(epoch)
        bytes.put(end)
        bytes.put(time)
        bytes += [kind, 2, 0, 0]
        bytes.put(UInt32(heard.count))
        bytes.put(UInt32(said.count))
        bytes += heard + said + knows
        var entry: [UInt8] = []
        entry.put(bytes.withUnsafeBytes { CRC32C.checksum($0, seed: salt) })
        entry += bytes
        segments[segments.count - 1].bytes += entry
        end += UInt64(entry.count)
        number += 1
    }

    /// A mark that says that everything was released and durable.
    func mark(boot: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = Array("TROUPMRK".utf8)
        bytes.put(UInt16(1))
        bytes.put(UInt16(0))
        bytes.put(UInt32(0))
        bytes += boot
        bytes.put(epoch)
        for _ in 0..<3 { bytes.put(end) }
        bytes.put(bytes.withUnsafeBytes { CRC32C.checksum($0) })
        return bytes
    }
}
