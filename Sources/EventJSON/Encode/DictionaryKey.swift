/// Tells the members of a `Dictionary`, which come in a different order in every process, from those of other types.
enum DictionaryKey {
    /// The type that the standard library uses for the keys of dictionaries, and does not name publicly.
    private static let type: ObjectIdentifier? = {
        let spy = Spy()
        try? [String: Int]().encode(to: spy)
        return spy.seen
    }()

    @inline(__always)
    static func isKey<Key: CodingKey>(_ key: Key.Type) -> Bool { ObjectIdentifier(key) == type }

    /// Notes the type of the keys by which it is asked for a container.
    private final class Spy: Encoder {
        private(set) var seen: ObjectIdentifier?
        private let encoder = ValueEncoder(JSONWriter(EventJSONEncoder()), 0)
        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
            seen = ObjectIdentifier(type)
            return KeyedEncodingContainer(ObjectEncoder(encoder.writer, encoder.id, isSorted: false))
        }

        func unkeyedContainer() -> any UnkeyedEncodingContainer { encoder.unkeyedContainer() }
        func singleValueContainer() -> any SingleValueEncodingContainer { encoder }
    }
}
