internal import Envelope

/// Appends values to JSON text in the order in which they encode themselves.
///
/// A nested container that is written beside its parent, in any order, has a writer of its own, a piece, whose text is
/// put into its place when the parent is complete.
final class JSONWriter {
    /// Behind a pointer: each access to a property of a class would be checked for exclusivity, a third of the time.
    let state: UnsafeMutablePointer<JSONWriterState>
    let options: EventJSONEncoder
    private let isPiece: Bool
    /// Of a piece: where it will stand.
    let outerPath: [any CodingKey]

    init(_ options: EventJSONEncoder) {
        self.options = options
        isPiece = false
        outerPath = []
        state = .allocate(capacity: 1)
        state.initialize(to: JSONWriterState(depth: 0))
    }

    private init(pieceOf parent: JSONWriter) {
        options = parent.options
        isPiece = true
        outerPath = parent.path
        state = .allocate(capacity: 1)
        state.initialize(to: JSONWriterState(depth: parent.state.pointee.depth + 1))
    }

    deinit {
        state.pointee.text.deallocate()
        state.pointee.names.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// What was written.
    var text: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: state.pointee.text.base, count: state.pointee.text.count)
    }

    @inline(__always)
    func append(_ byte: Unicode.Scalar) { state.pointee.text.append(UInt8(ascii: byte)) }

    // MARK: Values

    /// Lets a value encode itself at the end of the text; takes back what it wrote if it throws.
    func nest(_ value: some Encodable) throws {
        let state = state
        guard state.pointee.depth < options.maxDepth else {
            throw error("at most \(options.maxDepth) levels of nesting", value, TooDeep())
        }
        let outer = state.pointee.level
        let pieceCount = state.pointee.pieces.count
        state.pointee.lastID += 1
        state.pointee.level = JSONLevel(
            id: state.pointee.lastID, start: state.pointee.text.count, firstName: state.pointee.names.count,
            firstPiece: pieceCount)
        state.pointee.depth += 1
        defer {
            state.pointee.depth -= 1
            state.pointee.level = outer
        }
        do {
            try value.encode(to: ValueEncoder(self, state.pointee.level.id))
            try close()
        } catch {
            state.pointee.text.count = state.pointee.level.start
            state.pointee.names.count = state.pointee.level.firstName
            state.pointee.pieces.removeSubrange(pieceCount...)
            state.pointee.failure = nil
            throw error
        }
    }

    /// Begins what a value writes, or goes on with it.
    func open(_ kind: JSONLevel.Kind, _ id: Int, isSorted: Bool = false) {
        guard isCurrent(id) else { return }
        let present = state.pointee.level.kind
        if present == kind, kind != .scalar { return }
        guard present == .nothing else { return fail("encoded itself twice, as \(present) and as \(kind)") }
        state.pointee.level.kind = kind
        switch kind {
        case .object:
            append("{")
            state.pointee.level.isSorted = isSorted || options.sortsMembers
        case .array: append("[")
        case .scalar, .nothing: break
        }
    }

    private func close() throws {
        if let failure = state.pointee.failure { throw failure }
        if state.pointee.pieces.count > state.pointee.level.firstPiece { try placePieces() }
        switch state.pointee.level.kind {
        case .object:
            try settleMembers()
            append("}")
        case .array: append("]")
        case .scalar: break
        case .nothing:
            guard isPiece || state.pointee.depth > 1 else { throw error("encoded nothing", ()) }
            append("{")
            append("}")
        }
    }

    // MARK: Members and elements

    /// Writes a member's name, and takes it back if `body`, which is to write the value, throws.
    @inline(__always)
    func member(_ key: some CodingKey, _ id: Int, _ body: () throws -> Void) throws {
        try entry(id) {
            let start = state.pointee.text.count
            write(key.stringValue)
            state.pointee.names.append(JSONNameRange(start: start, end: state.pointee.text.count))
            append(":")
            try body()
        }
    }

    /// Begins an element or member, and takes back what `body` wrote if it throws.
    @inline(__always)
    func entry(_ id: Int, _ body: () throws -> Void) throws {
        try expectCurrent(id)
        let (end, names) = (state.pointee.text.count, state.pointee.names.count)
        if state.pointee.level.count > 0 { append(",") }
        state.pointee.level.count += 1
        do { try body() } catch {
            state.pointee.text.count = end
            state.pointee.names.count = names
            state.pointee.level.count -= 1
            throw error
        }
    }

    /// The writer of what will stand at the end of the present text.
    func piece() -> JSONWriter {
        let piece = JSONWriter(pieceOf: self)
        state.pointee.pieces.append((state.pointee.text.count, piece))
        return piece
    }

    private func placePieces() throws {
        let level = state.pointee.level
        let names = UnsafeMutableBufferPointer(start: state.pointee.names.base, count: state.pointee.names.count)
        var placed: [UInt8] = []
        var copied = level.start
        var added = 0
        var name = level.firstName
        func shiftNames(before end: Int) {
            while name < names.count, names[name].start < end {
                names[name].start += added
                names[name].end += added
                name += 1
            }
        }
        for (position, piece) in state.pointee.pieces[level.firstPiece...] {
            placed += text[copied..<position]
            copied = position
            shiftNames(before: position)
            try piece.close()
            piece.state.pointee.level = JSONLevel(id: -1, start: 0, firstName: 0, firstPiece: 0)
            placed += piece.text
            added += piece.text.count
        }
        placed += text[copied...]
        shiftNames(before: .max)
        state.pointee.pieces.removeSubrange(level.firstPiece...)
        replace(from: level.start, with: placed)
    }

    /// Puts other text in place of that from `start` on.
    func replace(from start: Int, with bytes: [UInt8]) {
        state.pointee.text.count = start
        bytes.withUnsafeBufferPointer { state.pointee.text.append(contentsOf: $0) }
    }

    // MARK: Errors

    /// Whether a container's value is the one that encodes now; if not, the whole encoding fails.
    @inline(__always)
    func isCurrent(_ id: Int) -> Bool {
        if id == state.pointee.level.id { return true }
        fail("a container was written to while another value encoded itself, or after its own had")
        return false
    }

    @inline(__always)
    func expectCurrent(_ id: Int) throws {
        if !isCurrent(id), let failure = state.pointee.failure { throw failure }
    }

    @inline(never)
    private func fail(_ reason: String) {
        state.pointee.failure = state.pointee.failure ?? error(reason, ())
    }

    func error(_ reason: String, _ value: Any, _ cause: (any Error)? = nil) -> EncodingError {
        .invalidValue(
            value, EncodingError.Context(codingPath: path, debugDescription: reason, underlyingError: cause))
    }
}
