/// What changes while values are written; the lists are the writer's to free.
struct JSONWriterState {
    var text: RawList<UInt8>
    /// Where the names of the open objects' members begin and end, with their quotes.
    var names: RawList<JSONNameRange>
    var level = JSONLevel(id: 0, start: 0, firstName: 0, firstPiece: 0)
    var pieces: [(position: Int, writer: JSONWriter)] = []
    /// What a method that cannot throw found wrong.
    var failure: EncodingError?
    var depth: Int
    var lastID = 0

    init(depth: Int) {
        self.depth = depth
        text = RawList(capacity: 256)
        names = RawList(capacity: 16)
    }
}
