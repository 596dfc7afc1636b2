import Testing

@testable import Envelope

@Suite struct CRC32CTests {
    /// RFC 3720 appendix B.4.
    @Test(
        arguments: [
            (Array("123456789".utf8), 0xE306_9283), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), ([UInt8](0..<32), 0x46DD_794E), ([], 0),
        ] as [([UInt8], UInt32)])
    func knownChecksums(bytes: [UInt8], checksum: UInt32) {
        #expect(bytes.withUnsafeBytes { CRC32C.checksum($0) } == checksum)
        #expect(bytes.withUnsafeBytes { CRC32C.tableChecksum($0) } == checksum)
    }

    @Test func instructionsAndTableAgreeAtEveryLengthAndSeed() {
        var random = SeededGenerator(seed: 4)
        let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes.withUnsafeBytes { raw in
            for start in 0..<9 {
                for end in start...300 {
                    let part = UnsafeRawBufferPointer(rebasing: raw[start..<end])
                    let seed = UInt32(truncatingIfNeeded: random.next())
                    #expect(CRC32C.checksum(part, seed: seed) == CRC32C.tableChecksum(part, seed: seed))
                }
            }
        }
    }

    @Test func `long bytes, which are summed in several stretches at once, have the table's checksum`() {
        var random = SeededGenerator(seed: 5)
        let bytes = (0..<8192).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes.withUnsafeBytes { raw in
            for length in Array(300...700) + Array(3000...3500) + Array(6100...6600) + [8000] {
                let start = Int.random(in: 0...(8192 - length), using: &random)
                let part = UnsafeRawBufferPointer(rebasing: raw[start..<start + length])
                let seed = UInt32(truncatingIfNeeded: random.next())
                #expect(CRC32C.checksum(part, seed: seed) == CRC32C.tableChecksum(part, seed: seed))
            }
        }
    }

    @Test func aChecksumCanBeContinued() {
        let bytes = [UInt8](0..<100)
        bytes.withUnsafeBytes { raw in
            for split in 0...100 {
                let head = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[..<split]))
                let whole = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[split...]), seed: head)
                #expect(whole == CRC32C.checksum(raw))
            }
        }
    }
}
