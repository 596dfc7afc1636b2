internal import TroupeSimulation

/// Makes one input of a target: a valid one, changed a few times, with checksums and lengths mostly made good.
struct Mutator {
    /// Where fields of 1, 2, 4 and 8 bytes, their signs and our limits end.
    private static let numbers: [UInt64] = [
        0, 1, 0x7F, 0xFF, 0x1000, 0x7FFF, 0xFFFF, 0x100_0000, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x4000_0000_0000_0000,
        0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max - 72, .max - 1, .max,
    ]

    private let target: FuzzTarget
    private var random: SimulationRandom

    init(target: FuzzTarget, seed: UInt64, number: UInt64) {
        self.target = target
        let start = SimulationRandom.mix(SimulationRandom.hash(target.name) ^ seed)
        random = SimulationRandom(seed: SimulationRandom.mix(start &+ number))
    }

    mutating func input() -> [FuzzPart] {
        var parts = random.pick(target.seeds)
        // One in thirty-two stays valid: what is accepted must be checked as well.
        let changes = random.chance(31) ? 0 : 1 + random.below(random.chance(800) ? 4 : 24)
        for _ in 0..<changes { change(&parts) }
        Sealing.seal(&parts, &random)
        return parts
    }

    private mutating func change(_ parts: inout [FuzzPart]) {
        let places = parts.indices.filter { target.mutates(parts[$0].role) }
        guard !places.isEmpty else { return }
        let place = random.pick(Array(places))
        if random.chance(60) {
            rearrange(&parts, place)
        } else {
            change(&parts[place].bytes, parts[place].role)
        }
    }

    /// Doubles, drops or moves a whole part, or takes one from another input.
    private mutating func rearrange(_ parts: inout [FuzzPart], _ place: Int) {
        switch random.below(4) {
        case 0: parts.insert(parts[place], at: random.below(parts.count + 1))
        case 1: if parts.count > 1 { parts.remove(at: place) }
        case 2: parts.swapAt(place, random.below(parts.count))
        default: parts.insert(random.pick(random.pick(target.seeds)), at: place)
        }
    }

    private mutating func change(_ bytes: inout [UInt8], _ role: FuzzPart.Role) {
        switch random.below(target.words.isEmpty ? 10 : 12) {
        case 0, 1:
            guard !bytes.isEmpty else { return extend(&bytes) }
            bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
        case 2, 3:
            guard !bytes.isEmpty else { return extend(&bytes) }
            bytes[random.below(bytes.count)] = byte()
        case 4, 5: setInteger(&bytes)
        case 6: bytes.removeLast(random.below(bytes.count + 1))
        case 7: extend(&bytes)
        case 8:
            let range = range(in: bytes)
            if random.chance(500) {
                bytes.removeSubrange(range)
            } else {
                let times = random.chance(20) ? 1 + random.below(400) : 1
                let copy = Array(repeating: Array(bytes[range]), count: times).flatMap { $0 }
                bytes.insert(contentsOf: copy.prefix(1 << 16), at: random.below(bytes.count + 1))
            }
        case 9: splice(&bytes, role)
        default:
            let range = random.chance(500) ? range(in: bytes) : emptyRange(in: bytes)
            bytes.replaceSubrange(range, with: random.pick(target.words))
        }
    }

    private mutating func byte() -> UInt8 {
        random.chance(300)
            ? UInt8(random.below(256)) : random.pick([0, 1, 0x1F, 0x20, 0x2E, 0x2F, 0x7F, 0x80, 0xC0, 0xFF])
    }

    private mutating func extend(_ bytes: inout [UInt8]) {
        for _ in 0..<(1 + random.below(random.chance(900) ? 8 : 300)) { bytes.append(byte()) }
    }

    /// Writes a little-endian number of 1, 2, 4 or 8 bytes over what is there: a length, a count, an offset.
    private mutating func setInteger(_ bytes: inout [UInt8]) {
        let width = random.pick([1, 2, 4, 8])
        guard bytes.count >= width else { return extend(&bytes) }
        let offset = random.below(bytes.count - width + 1)
        let old = bytes[offset..<(offset + width)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let new: UInt64
        switch random.below(4) {
        case 0: new = old &+ UInt64(bitPattern: Int64(random.between(-4...4)))
        case 1: new = UInt64(random.between(0...(bytes.count + 8)))
        default: new = random.pick(Self.numbers)
        }
        for index in 0..<width { bytes[offset + index] = UInt8(truncatingIfNeeded: new >> UInt64(8 * index)) }
    }

    /// The beginning of these bytes, and the end of others of the same kind.
    private mutating func splice(_ bytes: inout [UInt8], _ role: FuzzPart.Role) {
        let others = random.pick(target.seeds).filter { $0.role == role }
        guard !others.isEmpty else { return }
        let other = random.pick(others).bytes
        bytes.removeLast(random.below(bytes.count + 1))
        bytes += other.suffix(random.below(other.count + 1))
    }

    private mutating func range(in bytes: [UInt8]) -> Range<Int> {
        let start = random.below(bytes.count + 1)
        return start..<(start + random.below(min(bytes.count - start, random.chance(900) ? 16 : .max) + 1))
    }

    private mutating func emptyRange(in bytes: [UInt8]) -> Range<Int> {
        let place = random.below(bytes.count + 1)
        return place..<place
    }
}
