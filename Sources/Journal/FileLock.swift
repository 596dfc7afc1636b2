/// A lock that is held until it is unlocked, released, or its process ends.
package protocol FileLock: AnyObject, Sendable {
    /// Gives the lock back; calling it again does nothing.
    func unlock()
}
