internal import Choreography
internal import Envelope
internal import Glibc
internal import Logging
internal import Troupe
internal import Yams

extension ChoreographyFile {
    private static let keys = [
        "choreography", "home", "executables", "durability", "retry", "retention", "quota", "environment", "log",
        "roots",
        "leaves", "loops", "metrics", "handlers",
    ]
    private static let handlerKeys = [
        "executable", "settings", "environment", "start", "durability", "retry", "retention", "quota", "lanes", "log",
        "metrics",
    ]

    private static let sizeLimit = 1 << 20

    /// Reads a file. Throws ``CommandError`` that names the file and the line, and says what to do.
    static func read(_ path: String) throws -> ChoreographyFile {
        let bytes: [UInt8]
        do { bytes = try InputReader.wholeFile(path, limit: sizeLimit) } catch {
            throw CommandError("the choreography file \(error). Check the path; files usually lie in Config/")
        }
        guard bytes.count <= sizeLimit else {
            throw CommandError("\(path) has more than \(sizeLimit >> 20) MiB, so it is no choreography file")
        }
        return try parse(TextFile.text(bytes, path), path: path)
    }

    /// Reads a file's text; `path` is for messages and for relative paths.
    static func parse(_ text: String, path: String) throws -> ChoreographyFile {
        guard let node = try compose(text, path) else {
            throw CommandError("\(path):1: the file is empty; begin with 'choreography: NAME'")
        }
        let fields = try YAMLFields(node, file: path, line: 1, what: "keys such as 'choreography: shop'")
        try fields.allow(keys, in: "of the choreography")
        guard let name = try fields.text("choreography", expected: "a name such as 'shop'") else {
            throw CommandError("\(path):1: 'choreography' is missing; give the choreography a name")
        }
        guard (try? HandlerName(name.value)) != nil else {
            throw CommandError(
                "\(path):\(name.line): '\(name.value)' is no choreography's name; use a letter a-z, then at most 62 of"
                    + " a-z, 0-9 and '-'")
        }
        var file = ChoreographyFile(path: path, name: name.value)
        file.home = try fields.text("home", expected: "a folder, relative to this file")?.value
        file.executables = try fields.list("executables", expected: "a list of folders such as [../.build/debug]")
            .map(\.value)
        file.durability = try durability(fields)
        file.retry = try retry(fields)
        file.retention = try RetentionSpec(fields)
        file.environment = try environment(fields)
        file.log = try log(fields)
        file.roots = try topics("roots", fields)
        file.leaves = try topics("leaves", fields)
        file.loops = try topics("loops", fields)
        file.metrics = try metrics(fields)
        guard file.metrics.map({ $0.port == 0 }) ?? true else {
            throw fields.problem(
                "metrics", "'metrics' for all handlers needs port 0, for two cannot have one port; give handlers theirs"
            )
        }
        if let handlers = try fields.fields("handlers", what: "handlers by name") {
            file.handlers = try handlers.keys.map { try handler($0, handlers) }
        }
        return file
    }

    private static func compose(_ text: String, _ path: String) throws -> Node? {
        do { return try Yams.compose(yaml: text) } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                throw CommandError("\(path):\(mark.line): not valid YAML: \(problem)")
            case .duplicatedKeysInMapping(let keys, let context):
                throw CommandError(
                    "\(path):\(context.mark.line): the key '\(keys.first ?? "")' is given again further down; keep one"
                        + " of the two")
            default: throw CommandError("\(path):1: not valid YAML: \(error)")
            }
        }
    }

    private static func handler(_ key: Located<String>, _ handlers: YAMLFields) throws -> HandlerSpec {
        let name: HandlerName
        do { name = try HandlerName(key.value) } catch {
            throw CommandError("\(handlers.file):\(key.line): \(error.message)")
        }
        guard name != .ingress else {
            throw CommandError(
                "\(handlers.file):\(key.line): 'ingress' names the events of troupe publish; choose another name")
        }
        var spec = HandlerSpec(name: name, line: key.line)
        guard let fields = try handlers.fields(key.value, what: "the keys of handler '\(name)', or nothing") else {
            return spec
        }
        try fields.allow(handlerKeys, in: "of handler '\(name)'")
        spec.executable = try fields.text("executable", expected: "a program's name or path")
        if let settings = try fields.fields("settings", what: "settings such as 'limit: 100'") {
            spec.settings = try settings.texts().compactMapValues { $0 }
            spec.settingsLine = settings.line
        }
        spec.environment = try environment(fields)
        spec.start = try start(fields)
        spec.durability = try durability(fields)
        spec.retry = try retry(fields)
        spec.retention = try RetentionSpec(fields)
        spec.lanes = try fields.integer("lanes", in: 1...64)
        spec.log = try log(fields)
        spec.metrics = try metrics(fields)
        return spec
    }

    private static func topics(_ key: String, _ fields: YAMLFields) throws -> [Located<Topic>] {
        var topics: [Located<Topic>] = []
        for item in try fields.list(key, expected: "a list of topics such as [shop.order.placed]") {
            do { topics.append(Located(value: try Topic(item.value), line: item.line)) } catch {
                throw CommandError("\(fields.file):\(item.line): \(error.message)")
            }
        }
        return topics
    }

    private static func durability(_ fields: YAMLFields) throws -> Durability? {
        try fields.choice("durability", ["synced", "written", "memory"]) { Durability($0) }
    }

    private static func log(_ fields: YAMLFields) throws -> String? {
        try fields.choice("log", Logger.Level.allCases.map(\.rawValue)) { Logger.Level(rawValue: $0)?.rawValue }
    }

    private static func metrics(_ fields: YAMLFields) throws -> MetricsAddress? {
        guard let text = try fields.text("metrics", expected: MetricsAddress.expected) else { return nil }
        guard let address = MetricsAddress(argument: text.value) else {
            throw fields.problem("metrics", "'metrics' is '\(text.value)'; expected \(MetricsAddress.expected)")
        }
        return address
    }

    private static func retry(_ fields: YAMLFields) throws -> RetrySpec {
        guard let retry = try fields.fields("retry", what: "keys such as 'attempts: 5'") else { return RetrySpec() }
        try retry.allow(["attempts", "first", "maximum"], in: "of 'retry'")
        func span(_ key: String) throws -> TimeSpan? {
            guard let text = try retry.text(key, expected: "a time such as 500ms, 10s, 2m") else { return nil }
            guard let span = TimeSpan(argument: text.value), span.milliseconds >= 1 else {
                throw CommandError(
                    "\(fields.file):\(text.line): '\(key)' is '\(text.value)'; expected a time such as 500ms, 10s, 2m")
            }
            return span
        }
        let spec = RetrySpec(
            attempts: try retry.integer("attempts", in: 1...1000), first: try span("first"),
            maximum: try span("maximum"))
        if let first = spec.first, let maximum = spec.maximum, maximum.microseconds < first.microseconds {
            throw retry.problem("maximum", "'maximum' (\(maximum)) is below 'first' (\(first)); make it longer")
        }
        return spec
    }

    private static func environment(_ fields: YAMLFields) throws -> [String: String?] {
        guard let environment = try fields.fields("environment", what: "variables such as 'TZ: UTC'") else {
            return [:]
        }
        for key in environment.keys where key.value.contains("=") || key.value.contains("\0") {
            throw CommandError("\(fields.file):\(key.line): '\(key.value)' cannot be a variable's name: it has '='")
        }
        return try environment.texts()
    }

    private static func start(_ fields: YAMLFields) throws -> HandlerSpec.Start? {
        let words = RuntimeOptions.Start.allCases.map(\.rawValue)
        guard fields.isMapping("start") else {
            return try fields.choice("start", words) { RuntimeOptions.Start(rawValue: $0) }.map { .all($0) }
        }
        guard let topics = try fields.fields("start", what: "topics") else { return nil }
        var map: [Topic: Located<RuntimeOptions.Start>] = [:]
        for key in topics.keys {
            let topic: Topic
            do { topic = try Topic(key.value) } catch {
                throw CommandError("\(fields.file):\(key.line): \(error.message)")
            }
            map[topic] = try topics.choice(key.value, words) { RuntimeOptions.Start(rawValue: $0) }.map {
                Located(value: $0, line: key.line)
            }
        }
        return .byTopic(map)
    }
}
