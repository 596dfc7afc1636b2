package import Envelope

/// A part of an entry that is whole, by its checksum, and that says what this version has no meaning for.
package struct EntryProblem: Sendable, Hashable {
    package enum Part: String, Sendable, Hashable { case heard, said, knows }

    package let part: Part
    /// Of a record, where its head can be read.
    package let topic: String?
    package let sequence: UInt64?
    /// The attribute that is wrong, where the reason names one.
    package let attribute: String?
    package let reason: String

    init(_ part: Part, _ error: any Error, topic: String? = nil, sequence: UInt64? = nil) {
        self.part = part
        self.topic = topic
        self.sequence = sequence
        attribute = (error as? EnvelopeError).flatMap { Self.attribute(in: $0) }
        reason =
            (error as? EnvelopeError)?.message ?? (error as? ChoreographyError)?.message ?? String(describing: error)
    }

    /// What one who read an entry threw.
    package init(_ error: any Error) { self.init(error is EnvelopeError ? .said : .knows, error) }

    private static let attributes = [
        "datacontenttype", "dataschema", "dataref", "traceparent", "tracestate", "partitionkey", "subject", "source",
        "foreign id", "expirytime", "notbefore", "causes", "context", "extension", "topic", "serial", "flow", "bucket",
    ]

    /// The attribute that an error is about.
    package static func attribute(in error: EnvelopeError) -> String? {
        let words = error.message.lowercased()
        return attributes.first { words.contains($0) }
    }
}

/// For those who look: what can be read of an entry, with what cannot.
extension EngineEntry {
    /// Calls `body` with each said record; what it throws is the record's problem, and the next one follows.
    package func forEachReadable(
        problem: (EntryProblem) -> Void, _ body: (RecordView) throws(EnvelopeError) -> Void
    ) {
        var offset = 0
        while offset < said.count {
            let length: Int
            do { length = try EventRecord.length(at: UnsafeRawBufferPointer(rebasing: said[offset...])) } catch {
                problem(EntryProblem(.said, error))
                return
            }
            let bytes = UnsafeRawBufferPointer(rebasing: said[offset..<offset + length])
            offset += length
            do throws(EnvelopeError) {
                try body(RecordView(bytes))
            } catch {
                let head = try? RecordHead(in: bytes, at: 0)
                problem(
                    EntryProblem(
                        .said, error, topic: head.map { String(decoding: $0.topicBytes, as: UTF8.self) },
                        sequence: head?.sequence))
            }
        }
    }

    /// The heard runs, up to the first that cannot be read: they are not parted by lengths.
    package func readableHeard(problem: (EntryProblem) -> Void) -> [HeardRun] {
        var reader = ByteReader(heardBytes)
        var runs: [HeardRun] = []
        do {
            while reader.remaining > 0 {
                runs.append(try EntryCodec.run(on: EntryCodec.stream(&reader), &reader, kind: kind))
            }
        } catch { problem(EntryProblem(.heard, error)) }
        return runs
    }

    /// What is known, without the items that cannot be read.
    package func readableKnows(problem: (EntryProblem) -> Void) -> [Knowledge] {
        if let items = try? knows() { return items }
        var items: [Knowledge] = []
        var reader = ByteReader(knowsBytes)
        while reader.remaining > 0 {
            let start = reader.offset
            do {
                _ = try reader.integer(UInt8.self)
                _ = try reader.block()
            } catch {
                problem(EntryProblem(.knows, error))
                return items
            }
            do {
                items += try EntryCodec.knows(UnsafeRawBufferPointer(rebasing: knowsBytes[start..<reader.offset]))
            } catch { problem(EntryProblem(.knows, error)) }
        }
        return items
    }
}

extension SlotState {
    /// As ``apply(_:)``, of what can be read of the entry.
    package mutating func applyReadable(_ entry: EngineEntry, problem: (EntryProblem) -> Void) {
        know(.opened)
        for run in entry.readableHeard(problem: problem) { hear(run) }
        var offset = 0
        while offset < entry.said.count, let record = try? RecordHead(in: entry.said, at: offset) {
            if let topic = try? record.topic() { say(topic, sequence: record.sequence) }
            offset += record.bytes.count
        }
        for item in entry.readableKnows(problem: problem) { know(item) }
    }
}
