/// What the value that encodes itself has written so far.
struct JSONLevel {
    enum Kind: String { case nothing, object, array, scalar }

    /// Tells a container whether its value is the one that encodes itself now.
    let id: Int
    var kind = Kind.nothing
    /// Members or elements.
    var count = 0
    /// Where the value begins in the text, and in the writer's lists.
    let start: Int
    let firstName: Int
    let firstPiece: Int
    var isSorted = false
}
