/// A value or a member's name of a document. An object's members are name, value, name, value; what kind of value it is
/// says its first byte.
struct JSONToken {
    /// Of the first byte.
    var offset: UInt32
    /// In bytes, with a string's quotes; of an array its elements, of an object its members.
    var length: UInt32
    /// The index of the token after this value.
    var next: UInt32
    /// Of a string whether it has escapes. Of an object the name that is looked at first, and 0 before any look-up.
    var state: UInt32

    static let escaped: UInt32 = 1
}
