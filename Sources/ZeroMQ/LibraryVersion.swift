internal import CZeroMQ

/// The version of the libzmq that is loaded.
package struct LibraryVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let major: Int32
    package let minor: Int32
    package let patch: Int32

    package init(_ major: Int32, _ minor: Int32, _ patch: Int32) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// What `zmq_version` says.
    package static var loaded: LibraryVersion {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        zmq_version(&major, &minor, &patch)
        return LibraryVersion(major, minor, patch)
    }

    package var description: String { "\(major).\(minor).\(patch)" }

    package static func < (a: Self, b: Self) -> Bool { (a.major, a.minor, a.patch) < (b.major, b.minor, b.patch) }
}
