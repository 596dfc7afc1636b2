/// Streams by the bytes that name them: a journal has millions of runs and few streams.
package struct StreamCache: Sendable {
    private var publisher: [UInt8] = []
    private var topic: [UInt8] = []
    private var last: StreamID?
    private var known: [[UInt8]: StreamID] = [:]

    package init() {}

    /// Reads a stream as runs and positions begin with it.
    package mutating func read(_ reader: inout ByteReader) throws -> StreamID {
        var ahead = reader
        let publisher = try ahead.take(Int(ahead.integer(UInt8.self)))
        let topic = try ahead.take(Int(ahead.integer(UInt8.self)))
        if let last, self.publisher.elementsEqual(publisher), self.topic.elementsEqual(topic) {
            reader = ahead
            return last
        }
        let key = Array(publisher) + [0] + Array(topic)
        let stream = try known[key] ?? EntryCodec.stream(&reader)
        known[key] = stream
        last = stream
        self.publisher = Array(publisher)
        self.topic = Array(topic)
        reader = ahead
        return stream
    }

    /// The runs of an entry's heard section, one by one.
    package mutating func forEachRun(
        of entry: EngineEntry, _ body: (HeardRun) throws -> Void
    ) throws {
        var reader = ByteReader(entry.heardBytes)
        while reader.remaining > 0 {
            let stream = try read(&reader)
            try body(EntryCodec.run(on: stream, &reader, kind: entry.kind))
        }
    }
}
