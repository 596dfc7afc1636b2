/// What changes while values are written; the lists are the writer's to free.
struct JSONWriterState {
    var text: RawList<UInt8>
    /// Where the names of the open objects' members begin and end, with their quotes.
    var names: RawList<JSONNameRange>
    var level = JSONLevel(id: 0, start: 0, firstName: 0, firstPiece: 0)
    var path: [any CodingKey]
    var depth: Int
    var lastID = 0

    init(path: [any CodingKey], depth: Int) {
        self.path = path
        self.depth = depth
        text = RawList(capacity: 256)
        names = RawList(capacity: 16)
    }
}
