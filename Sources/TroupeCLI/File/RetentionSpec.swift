internal import Choreography
internal import Troupe

/// How much of a journal is kept; what is nil is said elsewhere, or there is no limit.
struct RetentionSpec: Sendable, Hashable {
    var age: TimeSpan?
    var size: ByteSize?
    var isForced: Bool?
    var quota: ByteSize?

    init() {}

    /// Reads `retention` and `quota`.
    init(_ fields: YAMLFields) throws {
        quota = try Self.size("quota", fields)
        guard let retention = try fields.fields("retention", what: "keys such as 'age: 7d'") else { return }
        try retention.allow(["age", "size", "force"], in: "of 'retention'")
        if let text = try retention.text("age", expected: "a time such as 12h, 7d") {
            guard let span = TimeSpan(argument: text.value), span.microseconds >= 1_000_000 else {
                throw CommandError(
                    "\(fields.file):\(text.line): 'age' is '\(text.value)'; expected a time such as 12h, 7d")
            }
            age = span
        }
        size = try Self.size("size", retention)
        isForced = try retention.choice("force", ["true", "false"]) { Bool($0) }
    }

    private static func size(_ key: String, _ fields: YAMLFields) throws -> ByteSize? {
        guard let text = try fields.text(key, expected: "a size such as 512MiB, 10GB") else { return nil }
        guard let size = ByteSize(argument: text.value), size.bytes >= 1 << 20 else {
            throw CommandError(
                "\(fields.file):\(text.line): '\(key)' is '\(text.value)'; expected a size of at least 1MiB, such as"
                    + " 512MiB, 10GB")
        }
        return size
    }

    /// What is said here, else what `general` says.
    func over(_ general: RetentionSpec) -> RetentionSpec {
        var spec = self
        spec.age = age ?? general.age
        spec.size = size ?? general.size
        spec.isForced = isForced ?? general.isForced
        spec.quota = quota ?? general.quota
        return spec
    }

    var retention: Retention {
        var retention = Retention()
        retention.age = age?.duration
        retention.size = size?.bytes
        retention.isForced = isForced ?? false
        retention.quota = quota?.bytes
        return retention
    }

    /// The arguments of a handler's executable.
    var arguments: [String] {
        var arguments: [String] = []
        if let age { arguments += ["--retention-age", "\(age)"] }
        if let size { arguments += ["--retention-size", "\(size)"] }
        if isForced == true { arguments.append("--retention-force") }
        if let quota { arguments += ["--quota", "\(quota)"] }
        return arguments
    }
}
