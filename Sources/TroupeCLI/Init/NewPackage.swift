internal import Envelope
internal import Glibc
internal import Journal

/// Makes a package's files in a folder that is new or empty.
struct NewPackage {
    let template: PackageTemplate
    /// The package's folder, absolute.
    let folder: String

    /// Throws when the name cannot be a choreography's, before anything is made.
    init(name: String, in parent: String, dependency: TroupeDependency) throws {
        // Topics begin with the name, so it has to do for both.
        guard (try? HandlerName(name)) != nil, !name.hasSuffix("-"), !name.contains("--") else {
            throw CommandError(
                "'\(name)' is no choreography's name; use a letter a-z, then at most 62 of a-z, 0-9 and single '-'")
        }
        guard name != dependency.identity else {
            throw CommandError("a package cannot be called as one that it needs, '\(name)'; choose another name")
        }
        template = PackageTemplate(name: name, dependency: dependency)
        folder = Paths.normalized((parent.hasPrefix("/") ? parent : Paths.current + "/" + parent) + "/" + name)
    }

    /// Writes the files. Throws when something lies in the folder already, or when it cannot be written.
    func write() throws {
        let fileSystem = OSFileSystem()
        if access(folder, F_OK) == 0 {
            guard let names = try? fileSystem.list(folder), names.isEmpty else {
                throw CommandError("\(folder) is there already; choose another name, or remove it")
            }
        }
        for (path, text) in template.files {
            let whole = folder + "/" + path
            let parent = String(whole[..<(whole.lastIndex(of: "/") ?? whole.startIndex)])
            do {
                try fileSystem.makeDirectories(parent)
                let file = try fileSystem.createExclusively(whole)
                try file.write(Array(text.utf8), at: 0)
            } catch {
                throw CommandError("\(whole) cannot be written: \(error.message)")
            }
        }
    }
}
