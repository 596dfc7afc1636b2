/// One run of ``StepNumbers``: nodes by rank, a heap of those that are ready, and a tree with jump pointers.
struct StepNumbering {
    /// A run of numbers below one path: `2.1.` and what comes next after it.
    private struct Series {
        var path: [Int]
        var last: Int
    }

    /// Nodes are named by their rank in the order of serial components.
    private let ids: [EventID]
    private let causes: [[Int]]
    private let effects: [[Int]]
    private var waitingFor: [Int]

    private var number: [StepNumber?]
    private var reserved: [StepNumber?]
    private var continuation: [Int]
    private var series: [Series] = [Series(path: [], last: 0)]

    // The tree, with a node above all at index `ids.count`, and a jump pointer at each node for logarithmic ancestors.
    private var parent: [Int]
    private var jump: [Int]
    private var depth: [Int]

    private var heap = IndexHeap()

    init(_ nodes: [StepNode]) {
        var merged: [EventID: Set<EventID>] = [:]
        for node in nodes { merged[node.id, default: []].formUnion(node.causes) }
        let keyed = merged.keys.map { (key: SerialKey($0), id: $0) }.sorted { $0.key < $1.key }
        let ids = keyed.map(\.id)
        var rank: [EventID: Int] = [:]
        rank.reserveCapacity(ids.count)
        for (index, id) in ids.enumerated() { rank[id] = index }
        var causes = [[Int]](repeating: [], count: ids.count)
        var effects = causes
        for (index, id) in ids.enumerated() {
            let known = (merged[id] ?? []).compactMap { rank[$0] }.filter { $0 != index }.sorted()
            causes[index] = known
            for cause in known { effects[cause].append(index) }
        }
        let top = ids.count
        self.ids = ids
        self.causes = causes
        self.effects = effects
        waitingFor = causes.map(\.count)
        number = Array(repeating: nil, count: top)
        reserved = Array(repeating: nil, count: top)
        continuation = Array(repeating: 0, count: top + 1)
        parent = Array(repeating: top, count: top + 1)
        jump = Array(repeating: top, count: top + 1)
        depth = Array(repeating: 0, count: top + 1)
    }

    mutating func run() -> [EventID: StepNumber] {
        // 1 is the root's, known or not.
        if ids.first?.serial != .root { series[0].last = 1 }
        for index in ids.indices where waitingFor[index] == 0 { heap.insert(index) }
        var next = 0
        while true {
            if let index = heap.popMinimum() {
                visit(index)
                continue
            }
            // Only a cycle leaves nodes over: the first of them goes without the causes that have no number.
            while next < ids.count, number[next] != nil { next += 1 }
            guard next < ids.count else { break }
            visit(next)
        }
        var result: [EventID: StepNumber] = [:]
        result.reserveCapacity(ids.count)
        for (index, id) in ids.enumerated() { result[id] = number[index] }
        return result
    }

    private mutating func visit(_ index: Int) {
        guard number[index] == nil else { return }
        attach(index)
        if let branch = reserved[index] {
            number[index] = branch
            series.append(Series(path: branch.path, last: 0))
            continuation[index] = series.count - 1
        } else {
            let run = continuation[parent[index]]
            series[run].last += 1
            number[index] = StepNumber(path: series[run].path + [series[run].last])
            continuation[index] = run
        }
        reserveBranches(of: index)
        for effect in effects[index] {
            waitingFor[effect] -= 1
            if waitingFor[effect] == 0 { heap.insert(effect) }
        }
    }

    /// Several effects that are no joins get the numbers 1, 2, … below this node's; effects are in order of rank.
    private mutating func reserveBranches(of index: Int) {
        let branches = effects[index].filter { causes[$0].count == 1 && number[$0] == nil }
        guard branches.count > 1, let path = number[index]?.path else { return }
        for (offset, branch) in branches.enumerated() {
            reserved[branch] = StepNumber(path: path + [offset + 1])
        }
        // A branch's own series is the one that its joins go on in, so its branches use that up.
        if series[continuation[index]].path == path {
            series[continuation[index]].last = max(series[continuation[index]].last, branches.count)
        }
    }

    /// Hangs a node into the tree: below its cause, or below the lowest common ancestor of all that have a number.
    private mutating func attach(_ index: Int) {
        let top = ids.count
        var above = top
        var isFirst = true
        for cause in causes[index] where number[cause] != nil {
            above = isFirst ? cause : commonAncestor(above, cause)
            isFirst = false
        }
        parent[index] = above
        depth[index] = depth[above] + 1
        let over = jump[above]
        jump[index] = depth[above] - depth[over] == depth[over] - depth[jump[over]] ? jump[over] : above
    }

    private func commonAncestor(_ left: Int, _ right: Int) -> Int {
        var (left, right) = depth[left] >= depth[right] ? (left, right) : (right, left)
        while depth[left] > depth[right] {
            left = depth[jump[left]] >= depth[right] ? jump[left] : parent[left]
        }
        while left != right {
            if jump[left] == jump[right] {
                left = parent[left]
                right = parent[right]
            } else {
                left = jump[left]
                right = jump[right]
            }
        }
        return left
    }
}
