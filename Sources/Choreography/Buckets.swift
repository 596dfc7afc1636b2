package import Envelope

extension RecordView {
    /// The bucket byte of a record, unchecked: records of a frame are dispatched before their checksum is tested.
    package static func bucket(of record: UnsafeRawBufferPointer) -> UInt8 {
        record.count > 10 ? record[10] : 0
    }
}

extension Event {
    /// The bucket of an ordering key.
    package static func bucket(ofText key: String) -> UInt8 {
        var key = key
        return key.withUTF8 { bucket(ofKey: UnsafeRawBufferPointer($0)) }
    }
}
