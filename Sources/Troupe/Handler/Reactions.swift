/// One or more reactions of a handler.
public protocol Reactions: Sendable {
    /// The reactions, in the order in which they are declared.
    var list: [Reaction] { get }
}

/// Collects the reactions that a handler's `reactions` lists.
@resultBuilder
public enum ReactionsBuilder {
    /// The reactions of several declarations, in order.
    public struct Group: Reactions {
        public let list: [Reaction]
    }

    public static func buildExpression<R: Reactions>(_ reactions: R) -> R { reactions }
    public static func buildBlock<R: Reactions>(_ only: R) -> R { only }
    public static func buildBlock(_ parts: any Reactions...) -> Group { Group(list: parts.flatMap(\.list)) }
    public static func buildOptional(_ part: (any Reactions)?) -> Group { Group(list: part?.list ?? []) }
    public static func buildEither(first part: any Reactions) -> Group { Group(list: part.list) }
    public static func buildEither(second part: any Reactions) -> Group { Group(list: part.list) }
    public static func buildArray(_ parts: [any Reactions]) -> Group { Group(list: parts.flatMap(\.list)) }
}
