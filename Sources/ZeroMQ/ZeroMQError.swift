internal import CZeroMQ
internal import Glibc

/// What libzmq, or a check before it, refused: which operation, why, and what to do about it.
package struct ZeroMQError: Error, Sendable, Hashable {
    /// The kind of failure; new ones may be added, so always have a default case.
    package struct Code: Hashable, Sendable {
        private enum Base: String, Hashable, Sendable {
            case addressInUse, badEndpoint, pathTooLong, pathIsNotASocket, permissionDenied, notConnected
            case terminated, closed, noDescriptors, badOption, prefixTooLong, failed
        }

        private let base: Base

        private init(_ base: Base) { self.base = base }

        /// Another socket is bound to that TCP endpoint.
        package static let addressInUse = Code(.addressInUse)
        /// The endpoint cannot be parsed, or names a transport, interface or folder that isn't there.
        package static let badEndpoint = Code(.badEndpoint)
        /// An ipc path is longer than the 107 bytes that a Unix-domain address holds.
        package static let pathTooLong = Code(.pathTooLong)
        /// Binding would delete a file that is not a socket.
        package static let pathIsNotASocket = Code(.pathIsNotASocket)
        /// The operating system refused access to the path or port.
        package static let permissionDenied = Code(.permissionDenied)
        /// The endpoint to disconnect was not connected.
        package static let notConnected = Code(.notConnected)
        /// The context was shut down or terminated: close the socket and leave.
        package static let terminated = Code(.terminated)
        /// The socket was closed before the call.
        package static let closed = Code(.closed)
        /// The process or the system has no file descriptor left, or the context no socket.
        package static let noDescriptors = Code(.noDescriptors)
        /// An option's value is outside of its documented range, or does not suit the kind of socket.
        package static let badOption = Code(.badOption)
        /// A subscription is longer than ``Socket/maximumPrefix`` bytes.
        package static let prefixTooLong = Code(.prefixTooLong)
        /// Anything else; see ``ZeroMQError/errno``.
        package static let failed = Code(.failed)
    }

    /// The kind of failure.
    package let code: Code
    /// What was attempted, such as `bind`.
    package let operation: String
    /// The error number of libzmq or the system; 0 when a check here refused before either was asked.
    package let errno: Int32
    /// What went wrong, with the endpoint where there is one, and what to do.
    package let message: String

    /// Creates an error; `errno` is 0 when no system call was made.
    package init(code: Code, operation: String, errno: Int32 = 0, message: String) {
        self.code = code
        self.operation = operation
        self.errno = errno
        self.message = message
    }
}

extension ZeroMQError.Code: CustomStringConvertible {
    /// The code's name.
    package var description: String { base.rawValue }
}

extension ZeroMQError: CustomStringConvertible {
    /// One line: the operation, its code, the message, and the error number with libzmq's text when there is one.
    package var description: String {
        let line = "ZeroMQ \(operation) failed (\(code)): \(message)"
        return errno == 0 ? line : "\(line) [\(ZeroMQError.text(errno)), errno \(errno)]"
    }
}

extension ZeroMQError {
    // These are macros with arithmetic in zmq.h, which Swift does not import.
    static let eterm: Int32 = ZMQ_HAUSNUMERO + 53
    static let enocompatproto: Int32 = ZMQ_HAUSNUMERO + 52

    static func text(_ errno: Int32) -> String {
        guard let text = zmq_strerror(errno) else { return "unknown error" }
        return String(cString: text)
    }

    /// The error for what libzmq just reported through `errno`; `endpoint` where the operation has one.
    static func last(_ operation: String, endpoint: String? = nil) -> ZeroMQError {
        of(errno: zmq_errno(), operation, endpoint: endpoint)
    }

    static func of(errno: Int32, _ operation: String, endpoint: String? = nil) -> ZeroMQError {
        let (code, advice) = explain(errno, hasEndpoint: endpoint != nil)
        let message = endpoint.map { "\($0): \(advice)" } ?? advice
        return ZeroMQError(code: code, operation: operation, errno: errno, message: message)
    }

    private static func explain(_ errno: Int32, hasEndpoint: Bool) -> (Code, String) {
        switch errno {
        case eterm:
            (.terminated, "the context was shut down; close the socket")
        case EADDRINUSE:
            (.addressInUse, "the address is in use; stop the other process or choose another port")
        case EMFILE, ENFILE:
            (.noDescriptors, "no file descriptor or socket is left; raise the limit (ulimit -n) or open fewer")
        case ENAMETOOLONG:
            (.pathTooLong, "the path is too long for a Unix-domain address (107 bytes); choose a shorter home")
        case EACCES, EPERM, EROFS:
            (.permissionDenied, "permission denied; check the owner and mode of the folder, or use a port above 1023")
        case ENOENT where hasEndpoint:
            (.badEndpoint, "no such folder, or not an endpoint of this socket; create the folder first")
        case EINVAL where hasEndpoint, ENODEV, EADDRNOTAVAIL, EPROTONOSUPPORT, enocompatproto, ENOTDIR, ELOOP:
            (.badEndpoint, "not an endpoint that can be used here; write ipc:///path or tcp://address:port")
        case ENOTSOCK:
            (.closed, "the socket is closed; open a new one")
        case EINVAL:
            (.badOption, "an option or call that does not suit this kind of socket")
        default:
            (.failed, "unexpected; the process may have to be restarted")
        }
    }
}
