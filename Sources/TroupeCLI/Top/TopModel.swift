internal import Envelope

/// What `top` shows and how: a pure machine of samples and keys.
struct TopModel: Sendable {
    enum Mode: Hashable, Sendable {
        case table
        /// The filter is being typed.
        case filter
        case help
    }

    /// Rates and delays are taken over this time, in microseconds.
    static let window: Int64 = 5_000_000

    private(set) var figures: TopFigures?
    private(set) var sort = TopColumn.handler
    private(set) var isReversed = false
    private(set) var filter = ""
    private(set) var mode = Mode.table
    /// How many rows are scrolled away at the top.
    private(set) var offset = 0
    /// Why the newest look failed.
    private(set) var problem: String?
    /// How many rows the screen has for handlers.
    var page = 18 {
        didSet { scroll(to: offset) }
    }
    private var samples: [TopSample] = []

    init(sort: TopColumn = .handler, isReversed: Bool = false, filter: String = "") {
        self.sort = sort
        self.isReversed = isReversed
        self.filter = filter
    }

    /// The handlers that the filter lets through, in order.
    var rows: [TopRow] {
        let words = filter.lowercased().split(separator: " ")
        let rows = (figures?.handlers ?? []).filter { row in
            words.allSatisfy { row.handler.contains($0) || row.state.contains($0) }
        }
        return rows.sorted { a, b in
            if let precedes = sort.precedes(a, b) { return precedes != isReversed }
            return (a.handler < b.handler) != (isReversed && sort == .handler)
        }
    }

    /// How many handlers there are without the filter.
    var total: Int { figures?.handlers.count ?? 0 }

    mutating func take(_ sample: TopSample) {
        problem = nil
        samples.append(sample)
        // The newest of those that are a window old stays, to have something to compare with.
        let oldest = sample.time.microseconds - Self.window
        let start = samples.dropLast().lastIndex { $0.time.microseconds <= oldest } ?? 0
        samples.removeFirst(start)
        figures = TopFigures(sample, since: samples.count > 1 ? samples[0] : nil)
        scroll(to: offset)
    }

    /// A look failed; what was known stays.
    mutating func fail(_ reason: String) {
        problem = reason
        samples = []
    }

    /// Returns whether to go on.
    mutating func press(_ key: TopKey) -> Bool {
        switch mode {
        case .table: return pressInTable(key)
        case .help:
            mode = .table
            return key != .character("q")
        case .filter: type(key)
        }
        return true
    }

    private mutating func pressInTable(_ key: TopKey) -> Bool {
        switch key {
        case .character("q"): return false
        case .character("s"): turn(by: 1)
        case .character("S"): turn(by: -1)
        case .character("r"): isReversed.toggle()
        case .character("/"): mode = .filter
        case .character("h"), .character("?"): mode = .help
        case .escape:
            filter = ""
            scroll(to: 0)
        case .up, .character("k"): scroll(to: offset - 1)
        case .down, .character("j"): scroll(to: offset + 1)
        case .pageUp: scroll(to: offset - page)
        case .pageDown: scroll(to: offset + page)
        case .home: scroll(to: 0)
        case .end: scroll(to: .max)
        default: break
        }
        return true
    }

    private mutating func type(_ key: TopKey) {
        switch key {
        case .character(let character): filter.append(character)
        case .backspace:
            if filter.isEmpty { mode = .table } else { filter.removeLast() }
        case .escape:
            filter = ""
            mode = .table
        case .enter: mode = .table
        default: break
        }
        scroll(to: 0)
    }

    private mutating func turn(by step: Int) {
        let count = TopColumn.allCases.count
        sort = TopColumn(rawValue: (sort.rawValue + step + count) % count) ?? .handler
        isReversed = false
        scroll(to: 0)
    }

    private mutating func scroll(to row: Int) { offset = max(0, min(row, rows.count - max(1, page))) }
}
