/// The value of an extension attribute: the types of CloudEvents 1.0.2 §3.1 that its JSON format can tell apart.
///
/// A binary, URI or timestamp value is a string in JSON and stays one here.
public enum ExtensionValue: Hashable, Sendable {
    /// A *String*: not empty, without control characters, at most 4,096 bytes.
    case string(String)
    /// An *Integer*: 32 bits, signed.
    case integer(Int32)
    /// A *Boolean*.
    case boolean(Bool)
}
