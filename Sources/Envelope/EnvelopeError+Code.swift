extension EnvelopeError {
    /// The kind of an ``EnvelopeError``; more kinds may come, so a `switch` over it needs a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The kind's name, such as `badChecksum`.
        public let description: String

        private init(_ name: String) {
            self.description = name
        }

        /// The bytes end before what they announce.
        public static let truncated = Code("truncated")
        /// The CRC-32C of a record is not the one that it carries.
        public static let badChecksum = Code("badChecksum")
        /// A version of the format, or of CloudEvents, that this library does not read.
        public static let badVersion = Code("badVersion")
        /// A record's length, flags or bucket contradict the format or each other.
        public static let badHeader = Code("badHeader")
        /// A topic outside its grammar.
        public static let badTopic = Code("badTopic")
        /// A handler's name outside its grammar.
        public static let badHandlerName = Code("badHandlerName")
        /// A flow id outside its grammar.
        public static let badFlowID = Code("badFlowID")
        /// A serial outside its grammar.
        public static let badSerial = Code("badSerial")
        /// An event id that is not a flow id, a slash and a serial.
        public static let badEventID = Code("badEventID")
        /// Causes that are not sorted, repeat, or contradict the serial.
        public static let badCauses = Code("badCauses")
        /// An attribute with a name, a type or a value that the format does not allow.
        public static let badAttribute = Code("badAttribute")
        /// A time that is not RFC 3339, or outside of the years 0001 to 9999.
        public static let badTimestamp = Code("badTimestamp")
        /// A traceparent that W3C Trace Context does not allow.
        public static let badTraceparent = Code("badTraceparent")
        /// Text that is not JSON, or JSON that is not what is needed here.
        public static let badJSON = Code("badJSON")
        /// A context with a key outside its grammar.
        public static let badContext = Code("badContext")
        /// A context over its limit.
        public static let contextTooLarge = Code("contextTooLarge")
        /// Data, or a record, over its limit.
        public static let dataTooLarge = Code("dataTooLarge")
        /// More causes than an event may have.
        public static let tooManyCauses = Code("tooManyCauses")
        /// A frame whose header or whose records contradict the format or each other.
        public static let badFrame = Code("badFrame")
    }
}
