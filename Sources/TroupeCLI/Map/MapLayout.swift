/// Where the handlers and topics of a map stand in a drawing: in columns from left to right, so that few lines cross.
struct MapLayout {
    enum Item: Hashable {
        case outside
        case handler(String)
        case topic(String)
        /// A bend of a line that passes a column.
        case bend(Int)
    }

    struct Link: Hashable {
        var from: Item
        var to: Item
        var state: MapLinkState
        var note: String
        /// The bends from `from` to `to`.
        var bends: [Item] = []
        /// Against the direction of the drawing.
        var isBackward = false
    }

    /// From left to right, each from top to bottom.
    private(set) var columns: [[Item]] = []
    private(set) var links: [Link]

    /// Rounds of sorting each column by its neighbours.
    private static let sweeps = 12

    init(_ map: ChoreographyMap) {
        links =
            map.sayings.map { saying in
                Link(
                    from: saying.handler.map { .handler($0) } ?? .outside, to: .topic(saying.topic),
                    state: map.state(saying), note: MapNotes.text(saying, map))
            }
            + map.hearings.map { hearing in
                Link(
                    from: .topic(hearing.topic), to: .handler(hearing.handler), state: map.state(hearing),
                    note: MapNotes.text(hearing, map))
            }
        let items =
            (map.entrances.isEmpty ? [] : [.outside]) + map.topics.map { Item.topic($0) }
            + map.handlers.map { Item.handler($0.name) }
        markBackward(items)
        place(items)
        sort()
    }

    /// Finds the links that close a cycle, in depth first order.
    private mutating func markBackward(_ items: [Item]) {
        var outgoing: [Item: [Int]] = [:]
        for (index, link) in links.enumerated() { outgoing[link.from, default: []].append(index) }
        var isDone: [Item: Bool] = [:]
        for start in items where isDone[start] == nil {
            var stack: [(item: Item, next: Int)] = [(start, 0)]
            isDone[start] = false
            while let (item, next) = stack.last {
                let out = outgoing[item] ?? []
                guard next < out.count else {
                    isDone[item] = true
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let target = links[out[next]].to
                switch isDone[target] {
                case nil:
                    isDone[target] = false
                    stack.append((target, 0))
                case false?: links[out[next]].isBackward = true
                case true?: break
                }
            }
        }
    }

    /// Gives each item the column after the last of those before it, and bends to lines that pass columns.
    private mutating func place(_ items: [Item]) {
        var column: [Item: Int] = [:]
        var waiting: [Item: Int] = [:]
        for link in links {
            let (_, target) = ends(link)
            waiting[target, default: 0] += 1
        }
        var outgoing: [Item: [Item]] = [:]
        for link in links {
            let (source, target) = ends(link)
            outgoing[source, default: []].append(target)
        }
        var queue = items.filter { waiting[$0] == nil }
        var head = 0
        while head < queue.count {
            let item = queue[head]
            head += 1
            for target in outgoing[item] ?? [] {
                column[target] = max(column[target] ?? 0, (column[item] ?? 0) + 1)
                waiting[target]! -= 1
                if waiting[target] == 0 { queue.append(target) }
            }
        }
        let count = (items.map { column[$0] ?? 0 }.max() ?? 0) + 1
        columns = Array(repeating: [], count: count)
        for item in queue { columns[column[item] ?? 0].append(item) }
        var bends = 0
        for index in links.indices {
            let (source, target) = ends(links[index])
            let passed = ((column[source] ?? 0) + 1)..<max((column[source] ?? 0) + 1, column[target] ?? 0)
            var path: [Item] = []
            for place in passed {
                path.append(.bend(bends))
                columns[place].append(.bend(bends))
                bends += 1
            }
            links[index].bends = links[index].isBackward ? path.reversed() : path
        }
    }

    private func ends(_ link: Link) -> (Item, Item) { link.isBackward ? (link.to, link.from) : (link.from, link.to) }

    /// Sorts columns by the middle of their neighbours, to and fro, and keeps the order with the fewest crossings.
    private mutating func sort() {
        var left: [Item: [Item]] = [:]
        var right: [Item: [Item]] = [:]
        for link in links {
            let path = [link.from] + link.bends + [link.to]
            for (one, other) in zip(path, path.dropFirst()) {
                let (source, target) = link.isBackward ? (other, one) : (one, other)
                right[source, default: []].append(target)
                left[target, default: []].append(source)
            }
        }
        var best = (columns, crossings(right))
        for sweep in 0..<Self.sweeps {
            let isForward = sweep % 2 == 0
            let order = isForward ? Array(columns.indices.dropFirst()) : Array(columns.indices.dropLast().reversed())
            for index in order {
                let neighbours = columns[isForward ? index - 1 : index + 1]
                let places = Dictionary(uniqueKeysWithValues: neighbours.enumerated().map { ($1, Double($0)) })
                let keys = columns[index].enumerated().map { row, item -> (Double, Int, Item) in
                    let near = ((isForward ? left : right)[item] ?? []).compactMap { places[$0] }
                    return (near.isEmpty ? Double(row) : near.reduce(0, +) / Double(near.count), row, item)
                }
                columns[index] = keys.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
            }
            let count = crossings(right)
            if count < best.1 { best = (columns, count) }
        }
        columns = best.0
    }

    private func crossings(_ right: [Item: [Item]]) -> Int {
        zip(columns, columns.dropFirst()).reduce(0) { sum, pair in
            let places = Dictionary(uniqueKeysWithValues: pair.1.enumerated().map { ($1, $0) })
            let ends = pair.0.flatMap { item in (right[item] ?? []).compactMap { places[$0] }.sorted() }
            // Pairs that are in the wrong order, counted as they are inserted.
            var seen: [Int] = []
            var count = 0
            for end in ends {
                let place = seen.partitioningIndex { $0 > end }
                count += seen.count - place
                seen.insert(end, at: place)
            }
            return sum + count
        }
    }
}

extension Array {
    /// The first index at which a sorted array satisfies a predicate.
    fileprivate func partitioningIndex(_ predicate: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
