package import Envelope

/// A publisher's statement of what it has sent, under a reserved prefix: the only thing that reveals a lost tail.
package struct Tip: Hashable, Sendable {
    /// The reserved subscription prefix. `$` stands in no topic.
    package static let prefix: [UInt8] = Array("$tip".utf8) + [0]

    package let publisher: PublisherID
    package let epoch: UInt64
    /// The publisher means to speak again within this many milliseconds.
    package let nextDueMilliseconds: UInt32
    /// The last sequence sent on each topic.
    package let last: [Topic: UInt64]

    package init(publisher: PublisherID, epoch: UInt64, nextDueMilliseconds: UInt32, last: [Topic: UInt64]) {
        self.publisher = publisher
        self.epoch = epoch
        self.nextDueMilliseconds = nextDueMilliseconds
        self.last = last
    }

    private static let version: UInt8 = 1

    /// The whole frame: prefix, version, publisher, epoch, next due, topics.
    package func frame() -> [UInt8] {
        var out = Self.prefix
        out.put(Self.version)
        out.put(publisher.text, UInt8.self)
        out.put(epoch)
        out.put(nextDueMilliseconds)
        out.put(UInt32(last.count))
        for (topic, sequence) in last.sorted(by: { $0.key < $1.key }) {
            out.put(topic.text, UInt8.self)
            out.put(sequence)
        }
        return out
    }

    /// Whether a frame begins with the tip prefix.
    package static func matches(_ frame: UnsafeRawBufferPointer) -> Bool {
        frame.count > prefix.count && zip(frame, prefix).allSatisfy { $0 == $1 }
    }

    /// Reads a tip frame. Throws on malformed bytes.
    package init(frame: UnsafeRawBufferPointer) throws {
        var reader = ByteReader(frame)
        guard try Array(reader.take(Self.prefix.count)) == Self.prefix else {
            throw ChoreographyError(.malformed, "the frame is no tip")
        }
        guard try reader.integer(UInt8.self) == Self.version else {
            throw ChoreographyError(.unsupported, "the tip's version is not \(Self.version)")
        }
        publisher = try reader.publisher()
        epoch = try reader.integer()
        nextDueMilliseconds = try reader.integer()
        var last: [Topic: UInt64] = [:]
        for _ in 0..<(try reader.integer(UInt32.self)) {
            let topic = try reader.topic()
            last[topic] = try reader.integer()
        }
        self.last = last
    }
}
