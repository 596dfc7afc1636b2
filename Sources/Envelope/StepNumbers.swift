/// Numbers a flow's events for people: one effect counts on, several branch, what joins branches goes back up.
///
/// `1 · 2 · 2.1 · 2.2 · 3`. The numbers are a function of the graph alone: the order in which events arrived or are given
/// plays no part. They are provisional until the flow is settled. The rules are in the article *Record format*.
public enum StepNumbers {
    /// Numbers events; every event gets one, and no two the same.
    ///
    /// Causes that are not among the nodes are ignored. A graph with cycles, which no flow has, is numbered all the same.
    /// Takes time in the order of n log n.
    public static func assign(_ nodes: [StepNode]) -> [EventID: StepNumber] {
        var numbering = StepNumbering(nodes)
        return numbering.run()
    }
}
