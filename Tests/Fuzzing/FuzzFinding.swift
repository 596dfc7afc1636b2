/// What a target did that it must not do.
package struct FuzzFinding: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description.utf8.count > 2000 ? "\(description.prefix(2000))…" : description
    }
}
