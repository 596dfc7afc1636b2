internal import Choreography
internal import Envelope
internal import Troupe

/// The arguments that a handler's executable gets.
enum HandlerCommandLine {
    /// `--set key=value` for each setting, by key.
    static func settings(_ spec: HandlerSpec) -> [String] {
        spec.settings.sorted { $0.key < $1.key }.flatMap { ["--set", "\($0.key)=\($0.value)"] }
    }

    /// Everything but where new topics begin, which stands in the registration.
    static func arguments(_ spec: HandlerSpec, file: ChoreographyFile, home: Home) throws -> [String] {
        var arguments = ["--home", home.path, "--choreography", file.name]
        if let level = spec.durability ?? file.durability { arguments += ["--durability", "\(level)"] }
        if let lanes = spec.lanes { arguments += ["--lanes", "\(lanes)"] }
        let retry = spec.retry.over(file.retry)
        if let attempts = retry.attempts { arguments += ["--attempts", "\(attempts)"] }
        let standard = RetryPolicy()
        let first = retry.first?.microseconds
        let maximum = retry.maximum?.microseconds
        if let first, let maximum, maximum < first {
            throw CommandError(
                "\(file.path):\(spec.line): handler '\(spec.name)': its longest wait between attempts (\(retry.maximum!))"
                    + " is below the first (\(retry.first!)); mend 'retry' here or at the top of the file")
        }
        if first != nil || maximum != nil {
            // One of them alone moves the other's default out of its way.
            let least = first ?? min(standard.firstDelay.wholeMicroseconds, maximum!)
            let most = maximum ?? max(standard.maximumDelay.wholeMicroseconds, first!)
            arguments += ["--retry-first", milliseconds(least), "--retry-maximum", milliseconds(most)]
        }
        arguments += spec.retention.over(file.retention).arguments
        if let log = spec.log ?? file.log { arguments += ["--log-level", log] }
        if let metrics = spec.metrics ?? file.metrics { arguments += ["--metrics", "\(metrics)"] }
        return arguments + settings(spec)
    }

    private static func milliseconds(_ microseconds: Int64) -> String { "\(microseconds / 1000)ms" }
}
