/// A handler's own settings: a string map from the choreography file or `--set key=value`.
public struct Settings: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    private let values: [String: String]

    public init(_ values: [String: String] = [:]) { self.values = values }

    public init(dictionaryLiteral elements: (String, String)...) {
        values = Dictionary(elements, uniquingKeysWith: { _, last in last })
    }

    /// The text of a setting; nil if it is not set.
    public subscript(_ key: String) -> String? { values[key] }

    /// All keys, sorted.
    public var keys: [String] { values.keys.sorted() }

    /// A setting as an integer. Throws ``SettingsError`` if it is set to something else.
    public func integer(_ key: String, default fallback: Int) throws -> Int {
        guard let text = values[key] else { return fallback }
        guard let number = Int(text) else {
            throw SettingsError(key: key, message: "setting '\(key)' is '\(text)'; expected an integer")
        }
        return number
    }
}

/// A setting that its handler cannot use.
public struct SettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    public let key: String
    public let message: String

    public init(key: String, message: String) {
        self.key = key
        self.message = message
    }

    public var description: String { message }
}
