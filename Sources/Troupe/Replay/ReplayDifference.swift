internal import Choreography
internal import Envelope
internal import FoundationEssentials

/// How what a handler says now differs from what it said then.
///
/// Times and sequences are not compared: they are those of the run. All else is: topics in their order, data field by
/// field, key, context, times to wait for and to expire at.
package struct ReplayDifference: Sendable, Hashable {
    /// One line each: `-` then, `+` now.
    package let lines: [String]

    /// Nil if there is none. Throws when an answer holds what is no event.
    package init?(then: DryRunAnswer, now: DryRunAnswer) throws {
        var lines: [String] = []
        if then.outcome != now.outcome || then.error != now.error {
            lines.append("- \(Self.describe(then))")
            lines.append("+ \(Self.describe(now))")
        }
        let (old, new) = try (then.said.map(Self.event), now.said.map(Self.event))
        for index in 0..<max(old.count, new.count) {
            lines += try Self.compare(
                index < old.count ? old[index] : nil, index < new.count ? new[index] : nil)
        }
        if lines.isEmpty { return nil }
        self.lines = lines
    }

    private static func event(_ text: String) throws -> Event { try CloudEventsJSON.decode(Array(text.utf8)) }

    private static func describe(_ answer: DryRunAnswer) -> String {
        answer.error.map { "\(answer.outcome): \($0)" } ?? answer.outcome
    }

    private static func compare(_ old: Event?, _ new: Event?) throws -> [String] {
        guard let old, let new, old.topic == new.topic else {
            return [old.map { "- \(line($0))" }, new.map { "+ \(line($0))" }].compactMap(\.self)
        }
        var lines: [String] = []
        func note(_ name: String, _ old: String?, _ new: String?) {
            guard old != new else { return }
            if let old { lines.append("- \(label(name)) \(old)") }
            if let new { lines.append("+ \(label(name)) \(new)") }
        }
        func label(_ name: String) -> String { "\(new.topic) \(name):" }
        let (before, after) = (fields(old), fields(new))
        for name in Set(before.keys).union(after.keys).sorted() { note(name, before[name], after[name]) }
        return lines
    }

    private static func line(_ event: Event) -> String {
        "\(event.topic) \(String(decoding: event.data, as: UTF8.self))"
    }

    /// Everything that is compared, by name.
    private static func fields(_ event: Event) -> [String: String] {
        var fields = event.context.reduce(into: [String: String]()) { $0["context.\($1.key)"] = $1.value }
        fields["serial"] = event.serial.text
        fields["key"] = event.partitionKey
        fields["content type"] = event.dataContentType
        fields["not before"] = event.notBefore?.description
        fields["expires"] = event.expiryTime?.description
        fields["traceparent"] = event.traceparent?.description
        if event.dataContentType == nil, let value = try? JSONDecoder().decode(JSONValue.self, from: Data(event.data)) {
            value.flatten("data", into: &fields)
        } else {
            fields["data"] = String(decoding: event.data, as: UTF8.self)
        }
        return fields
    }
}
