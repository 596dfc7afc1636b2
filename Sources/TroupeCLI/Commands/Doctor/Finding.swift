/// What the doctor found about one thing, and what to do about it.
struct Finding: Codable, Equatable {
    enum Verdict: String, Codable {
        case ok
        /// Works, but not as well or not for as long as it should.
        case warning
        /// Will not work.
        case problem
    }

    var check: String
    var verdict: Verdict
    /// What was measured or seen.
    var found: String
    /// What to do; empty when it is well.
    var advice: String

    init(_ check: String, _ verdict: Verdict, _ found: String, advice: String = "") {
        self.check = check
        self.verdict = verdict
        self.found = found
        self.advice = advice
    }
}
