/// Which file of a machine this is, and when it was changed last.
package struct FileIdentity: Hashable, Sendable {
    /// The number of the device that holds it (`st_dev`).
    package var device: UInt64
    /// Its number on that device (`st_ino`).
    package var inode: UInt64
    /// When content or attributes changed last (`st_ctim`), by the file system's clock, in microseconds since 1970. Nobody
    /// can set it: a copy that was put in place has the time at which it was put there.
    package var changed: Int64

    package init(device: UInt64, inode: UInt64, changed: Int64) {
        self.device = device
        self.inode = inode
        self.changed = changed
    }
}
