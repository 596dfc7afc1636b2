internal import Glibc

/// Where a new package gets Troupe from: a folder on this machine, or a Git repository.
struct TroupeDependency: Hashable {
    /// An absolute path, or a URL.
    let location: String

    private var isURL: Bool { Self.isURL(location) }

    private static func isURL(_ text: String) -> Bool { text.contains("://") || text.hasPrefix("git@") }

    /// What the manifest says.
    var declaration: String {
        isURL ? ".package(url: \"\(location)\", branch: \"main\")" : ".package(path: \"\(location)\")"
    }

    /// What SwiftPM calls the package: the last part of its location.
    var identity: String {
        let last = location.split { $0 == "/" || $0 == ":" }.last.map { String($0).lowercased() } ?? ""
        return isURL && last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }

    /// What somebody named. Throws when it is no folder with a package and no URL.
    init(_ text: String) throws {
        guard !text.contains(where: { $0 == "\"" || $0 == "\\" || $0.isNewline }) else {
            throw CommandError("--troupe '\(text)' cannot stand in a manifest; name a path or URL without quotes")
        }
        let isURL = Self.isURL(text)
        location = isURL ? text : Paths.normalized(text.hasPrefix("/") ? text : Paths.current + "/" + text)
        guard !isURL else { return }
        guard Self.isTroupe(location) else {
            throw CommandError(
                "\(location) has no Package.swift of Troupe; name Troupe's own folder, or its repository's URL, with"
                    + " --troupe PATH|URL")
        }
    }

    private init(folder: String) { location = folder }

    /// The checkout that this program was built in, or that the working folder lies in.
    static func nearby() throws -> TroupeDependency {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let program = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for start in [program, Paths.current] {
            var parts = start.split(separator: "/")
            while !parts.isEmpty {
                let folder = "/" + parts.joined(separator: "/")
                if isTroupe(folder) { return TroupeDependency(folder: folder) }
                parts.removeLast()
            }
        }
        throw CommandError(
            "where is Troupe? This program does not lie in its checkout; name that folder, or the repository's URL, with"
                + " --troupe PATH|URL")
    }

    private static func isTroupe(_ folder: String) -> Bool {
        guard let bytes = try? InputReader.wholeFile(folder + "/Package.swift", limit: 1 << 20) else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.contains("name: \"troupe\"") && text.contains("name: \"TroupeTesting\"")
    }
}
