/// The keys of a record's attributes, version 1; those from 0x80 on have a 32-bit length, those before a 16-bit one.
enum AttributeKey {
    static let traceparent: UInt8 = 0x01
    static let traceState: UInt8 = 0x02
    static let partitionKey: UInt8 = 0x03
    static let subject: UInt8 = 0x04
    static let source: UInt8 = 0x05
    static let foreignID: UInt8 = 0x06
    static let dataContentType: UInt8 = 0x07
    static let dataSchema: UInt8 = 0x08
    static let dataRef: UInt8 = 0x09
    static let expiryTime: UInt8 = 0x0A
    static let notBefore: UInt8 = 0x0B
    static let causes: UInt8 = 0x80
    static let context: UInt8 = 0x81
    static let extensions: UInt8 = 0x82
}
