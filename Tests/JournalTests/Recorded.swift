@testable internal import Journal

/// An entry as a value, for comparing.
struct Recorded: Equatable {
    var number: UInt64
    var offset: UInt64
    var end: UInt64
    var epoch: UInt64
    var time: Int64
    var kind: UInt8
    var level: UInt8
    var durableBefore: UInt64
    var heard: [UInt8]
    var said: [UInt8]
    var knows: [UInt8]

    init(_ entry: EntryView) {
        number = entry.number
        offset = entry.offset
        end = entry.end
        epoch = entry.epoch
        time = entry.time
        kind = entry.kind
        level = entry.level
        durableBefore = entry.durableBefore
        heard = Array(entry.heard)
        said = Array(entry.said)
        knows = Array(entry.knows)
    }
}
