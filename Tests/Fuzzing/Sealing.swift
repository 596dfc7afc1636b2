internal import Envelope
internal import TroupeSimulation

/// Makes lengths and checksums good after a mutation, so that decoders look at what lies behind them. Each of them is
/// left as it is once in a while.
enum Sealing {
    static func seal(_ parts: inout [FuzzPart], _ random: inout SimulationRandom) {
        for index in parts.indices {
            switch parts[index].role {
            case .record: sealRecord(&parts[index].bytes, &random)
            case .mark: if parts[index].bytes.count >= 68 { sum(&parts[index].bytes, 0..<64, at: 64, &random) }
            case .raw, .message, .head, .checkpoint, .entry, .heard, .knows: break
            }
        }
        sealSegment(&parts, &random)
    }

    private static func sealRecord(_ bytes: inout [UInt8], _ random: inout SimulationRandom) {
        guard bytes.count >= 8 else { return }
        put(UInt32(bytes.count), &bytes, 0, &random)
        sum(&bytes, 8..<bytes.count, at: 4, &random)
    }

    /// A header, and the entries behind it, whose checksums go on from the header's.
    private static func sealSegment(_ parts: inout [FuzzPart], _ random: inout SimulationRandom) {
        var salt: UInt32 = 0
        for index in parts.indices {
            switch parts[index].role {
            case .head: salt = sealHead(&parts, index, &random)
            case .entry: sealEntry(&parts, index, salt: salt, &random)
            default: break
            }
        }
    }

    private static func sealHead(
        _ parts: inout [FuzzPart], _ index: Int, _ random: inout SimulationRandom
    ) -> UInt32 {
        let count = parts[index].bytes.count
        guard count >= 64 else { return 0 }
        let next = index + 1
        let checkpoint = next < parts.count && parts[next].role == .checkpoint ? parts[next].bytes : []
        put(UInt32(count + checkpoint.count), &parts[index].bytes, 12, &random)
        put(UInt32(checkpoint.count), &parts[index].bytes, 48, &random)
        put(checkpoint.withUnsafeBytes { CRC32C.checksum($0) }, &parts[index].bytes, 52, &random)
        put(UInt16(truncatingIfNeeded: count - 64), &parts[index].bytes, 56, &random)
        return sum(&parts[index].bytes, 0..<(count - 4), at: count - 4, &random)
    }

    private static func sealEntry(
        _ parts: inout [FuzzPart], _ index: Int, salt: UInt32, _ random: inout SimulationRandom
    ) {
        guard parts[index].bytes.count >= 52 else { return }
        var sizes: [FuzzPart.Role: Int] = [:]
        var end = index + 1
        while end < parts.count, [.heard, .record, .knows].contains(parts[end].role) {
            sizes[parts[end].role, default: 0] += parts[end].bytes.count
            end += 1
        }
        let size = parts[index..<end].reduce(0) { $0 + $1.bytes.count }
        put(UInt32(size), &parts[index].bytes, 4, &random)
        put(UInt32(sizes[.heard] ?? 0), &parts[index].bytes, 44, &random)
        put(UInt32(sizes[.record] ?? 0), &parts[index].bytes, 48, &random)
        guard !random.chance(30) else { return }
        let whole = parts[index..<end].flatMap(\.bytes)
        let checksum = whole[4...].withUnsafeBytes { CRC32C.checksum($0, seed: salt) }
        store(checksum, &parts[index].bytes, 0)
    }

    /// Writes the checksum of a range, mostly; returns what stands there then.
    @discardableResult
    private static func sum(
        _ bytes: inout [UInt8], _ range: Range<Int>, at offset: Int, _ random: inout SimulationRandom
    ) -> UInt32 {
        if !random.chance(30) { store(bytes[range].withUnsafeBytes { CRC32C.checksum($0) }, &bytes, offset) }
        return bytes.withUnsafeBytes {
            UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
    }

    private static func put<T: FixedWidthInteger>(
        _ value: T, _ bytes: inout [UInt8], _ offset: Int, _ random: inout SimulationRandom
    ) {
        if !random.chance(60) { store(value, &bytes, offset) }
    }

    static func store<T: FixedWidthInteger>(_ value: T, _ bytes: inout [UInt8], _ offset: Int) {
        withUnsafeBytes(of: value.littleEndian) { field in
            for (index, byte) in field.enumerated() { bytes[offset + index] = byte }
        }
    }
}
