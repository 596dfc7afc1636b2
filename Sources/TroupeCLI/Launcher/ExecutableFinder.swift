internal import Envelope
internal import Glibc
internal import Journal

/// Finds the programs that a choreography file means.
struct ExecutableFinder {
    private let file: ChoreographyFile
    private let folders: [String]

    init(_ file: ChoreographyFile) {
        self.file = file
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        folders =
            file.executables.map(file.resolve)
            + path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    }

    /// The absolute path of a handler's program. Throws with the line, where it was searched and what to do.
    func find(_ spec: HandlerSpec) throws -> String {
        let name = spec.executable?.value ?? "\(file.name)-\(spec.name)"
        let line = spec.executable?.line ?? spec.line
        if name.contains("/") {
            let path = file.resolve(name)
            if Self.isExecutable(path) { return path }
            let reason = access(path, F_OK) == 0 ? "is no program that this user may run" : "does not exist"
            throw CommandError(
                "\(file.path):\(line): handler '\(spec.name)': \(path) \(reason). Build it, or correct 'executable'")
        }
        for folder in folders where Self.isExecutable(folder + "/" + name) { return folder + "/" + name }
        let searched = file.executables.map(file.resolve)
        let place = searched.isEmpty ? "on PATH" : "in \(searched.joined(separator: ", ")) or on PATH"
        let near = searched.flatMap { (try? OSFileSystem().list($0)) ?? [] }.filter { !$0.contains(".") }
        throw CommandError(
            "\(file.path):\(line): handler '\(spec.name)': there is no program '\(name)' \(place)"
                + Nearest.question(name, among: near) + " Build it (swift build --product \(name)), add its folder to"
                + " 'executables', or name it with 'executable'")
    }

    static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
