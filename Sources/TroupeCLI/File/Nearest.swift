/// The known word that somebody most likely meant.
enum Nearest {
    /// The candidate with the fewest edits from `word`, if they are few enough to be a slip of the finger.
    static func to(_ word: String, among candidates: some Sequence<String>) -> String? {
        let limit = max(1, word.count / 3)
        return candidates.map { ($0, distance(word, $0)) }.filter { $0.1 <= limit }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    /// `; did you mean 'x'?`, or a full stop when no candidate is near.
    static func question(_ word: String, among candidates: some Sequence<String>) -> String {
        to(word, among: candidates).map { "; did you mean '\($0)'?" } ?? "."
    }

    /// Insertions, removals, replacements and swaps of neighbours that lead from one word to the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left), Array(right))
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
                row.append(best)
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }
}
