internal import Choreography
internal import Envelope
internal import Troupe

/// The file in Config/ that describes a choreography.
struct ChoreographyFile: Sendable, Hashable {
    /// As it was named; errors begin with it.
    var path: String
    /// The choreography's name.
    var name: String
    /// The home's path as written; nil for `.troupe` in the working folder.
    var home: String?
    /// Folders in which executables are searched, as written.
    var executables: [String] = []
    var durability: Durability?
    var retry = RetrySpec()
    var retention = RetentionSpec()
    /// Variables of every handler; nil takes one away.
    var environment: [String: String?] = [:]
    var log: String?
    /// Topics that come from outside, such as what people publish.
    var roots: [Located<Topic>] = []
    /// Topics that nobody needs to hear.
    var leaves: [Located<Topic>] = []
    /// Topics through which events may go round.
    var loops: [Located<Topic>] = []
    /// Where each handler offers its metrics; the port is 0.
    var metrics: MetricsAddress?
    /// In the order of the file.
    var handlers: [HandlerSpec] = []

    /// The folder that the file lies in; relative paths start there.
    var folder: String {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return folder.isEmpty ? "/" : folder
    }

    /// The home that the file names.
    var resolvedHome: Home {
        guard let home else { return Home(".troupe") }
        return Home(resolve(home))
    }

    /// The absolute path of what the file names.
    func resolve(_ path: String) -> String {
        Paths.normalized(path.hasPrefix("/") ? path : Home(folder).path + "/" + path)
    }

    /// A handler of the file. Throws with the nearest name when there is none.
    func handler(_ name: String) throws -> HandlerSpec {
        if let handler = handlers.first(where: { $0.name.text == name }) { return handler }
        let names = handlers.map(\.name.text)
        throw CommandError(
            "\(path) has no handler '\(name)'" + Nearest.question(name, among: names)
                + (names.isEmpty ? "" : " It has: \(names.joined(separator: ", "))"))
    }
}
