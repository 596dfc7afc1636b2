/// An event as ``StepNumbers`` sees it.
public struct StepNode: Hashable, Sendable {
    /// The event.
    public var id: EventID

    /// Its causes, in any order; those that are not among the nodes are ignored.
    public var causes: [EventID]

    /// Creates a node.
    public init(id: EventID, causes: [EventID]) {
        self.id = id
        self.causes = causes
    }

    /// Creates a node of an event.
    public init(_ event: Event) {
        self.init(id: event.eventID, causes: event.causes)
    }
}
