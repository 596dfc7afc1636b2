internal import Choreography
internal import Envelope
internal import Troupe

/// The handlers that a home or a file knows, to find the one that somebody means.
enum HandlerNames {
    /// Reads a name of a registered, running or supervised handler. Throws with the nearest one.
    static func find(_ text: String, in home: Home, or file: ChoreographyFile? = nil) throws -> HandlerName {
        var known = Set(HomeLook(home).registrations.map(\.handler)).union(HomeLook(home).unclear)
        known.formUnion(LauncherFolder(home: home).known())
        known.formUnion(try SlotHolder(home: home).running())
        known.formUnion(file?.handlers.map(\.name) ?? [])
        if let name = known.first(where: { $0.text == text }) { return name }
        let names = known.map(\.text).sorted()
        throw CommandError(
            "there is no handler '\(text)' in \(home.path)" + Nearest.question(text, among: names)
                + (names.isEmpty ? " None has ever run there" : " There are: \(names.joined(separator: ", "))"))
    }
}
