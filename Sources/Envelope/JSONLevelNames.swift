/// What was seen of an object or an array that is being walked over.
struct JSONLevelNames {
    let isObject: Bool
    /// The element's place in an array.
    var index = 0
    private var names = SeenNames()
    private var last = ""

    init(isObject: Bool) { self.isObject = isObject }

    /// Notes a member's name; false when it was seen before.
    mutating func insert(_ name: String) -> Bool {
        last = name
        return names.insert(name)
    }

    /// `items[2].price`: the way to the present member or element.
    static func path(_ levels: [JSONLevelNames], in outer: String) -> String {
        levels.reduce(into: outer) { path, level in
            path += level.isObject ? (path.isEmpty ? level.last : ".\(level.last)") : "[\(level.index)]"
        }
    }
}
