/// A fault that is to happen in a ``MemoryFileSystem``.
struct MemoryFault {
    /// What is to fail.
    enum Operation { case write, synchronize, synchronizeDirectory }

    var operation: Operation
    /// Only for paths with this ending.
    var suffix: String
    /// How many more of these succeed.
    var after: Int
    var errno: Int32
    /// How many bytes of a failing write are written.
    var partialBytes: Int
}
