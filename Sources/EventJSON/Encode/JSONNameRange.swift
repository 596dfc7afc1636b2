/// Where a member's name stands in the text, with its quotes.
struct JSONNameRange: BitwiseCopyable {
    var start: Int
    var end: Int

    var range: Range<Int> { start..<end }
    var count: Int { end - start }
}
