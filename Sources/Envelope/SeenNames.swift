/// Names seen so far, told apart by their bytes: a few are compared in turn, many are hashed.
struct SeenNames {
    private var few: [String] = []
    private var many: Set<[UInt8]> = []

    /// Adds a name; false when it was seen before.
    mutating func insert(_ name: String) -> Bool {
        guard few.count == 32 else {
            guard !few.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else { return false }
            few.append(name)
            return true
        }
        if many.isEmpty { many = Set(few.map { Array($0.utf8) }) }
        return many.insert(Array(name.utf8)).inserted
    }
}
