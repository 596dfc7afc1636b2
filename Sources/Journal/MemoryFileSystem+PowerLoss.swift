extension MemoryFileSystem {
    /// Cuts the power: locks and the page cache go.
    ///
    /// What was synced stays. Of what was not, each 512-byte sector independently holds one of the contents that it had
    /// since; a file's size, one of the sizes that it had; and a name is created, renamed or removed, or not. Handles
    /// that were open write to nowhere afterwards.
    package func powerLoss(using random: inout some RandomNumberGenerator) {
        // How much survives is drawn first, so that all, nothing and mixtures are all common.
        let chances: [Int] = [0, 10, 50, 90, 100]
        let chance = chances.randomElement(using: &random) ?? 50
        var draw = random
        guarded {
            locks = [:]
            for step in pendingNames where Int.random(in: 0..<100, using: &draw) < chance {
                for (path, node) in step.changes { durableNames[path] = node }
            }
            pendingNames = []
            var kept: [ObjectIdentifier: MemoryNode] = [:]
            names = [:]
            for (path, node) in durableNames.sorted(by: { $0.key < $1.key }) {
                let id = ObjectIdentifier(node)
                let survivor =
                    kept[id]
                    ?? MemoryNode(
                        node.survivors(chance: chance, using: &draw), inode: node.inode, changed: node.changed)
                kept[id] = survivor
                names[path] = survivor
            }
            durableNames = names
        }
        random = draw
    }
}
