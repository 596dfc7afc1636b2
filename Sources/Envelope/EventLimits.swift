/// The limits of an envelope.
package enum EventLimits {
    /// The most causes of one event.
    package static let causes = 16
    /// The most bytes of all keys and values of a context.
    package static let context = 8192
    /// The most bytes of one string attribute.
    package static let attribute = 4096
    /// The most further extension attributes.
    package static let extensions = 64
    /// The most bytes of data.
    package static let data = 15 << 20
    /// The most bytes of a record.
    package static let record = 16 << 20
}
