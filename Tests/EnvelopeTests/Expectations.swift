import Testing

@testable import Envelope

/// Expects an error of a kind, whose message holds a text.
func expectError(
    _ code: EnvelopeError.Code, _ fragment: String = "", sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
) {
    do {
        try body()
        Issue.record("Nothing was thrown; expected \(code).", sourceLocation: sourceLocation)
    } catch let error as EnvelopeError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        #expect(fragment.isEmpty || error.message.contains(fragment), "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
}

func encoded(_ event: Event) -> [UInt8] {
    var bytes: [UInt8] = []
    EventRecord.encode(event, into: &bytes)
    return bytes
}

/// Writes the length and checksum that a changed record must have for its other faults to be seen.
func sealed(_ record: [UInt8]) -> [UInt8] {
    var record = record
    withUnsafeBytes(of: UInt32(record.count).littleEndian) { record.replaceSubrange(0..<4, with: $0) }
    let checksum = record.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[8...])) }
    withUnsafeBytes(of: checksum.littleEndian) { record.replaceSubrange(4..<8, with: $0) }
    return record
}
