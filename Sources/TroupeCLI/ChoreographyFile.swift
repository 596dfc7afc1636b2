internal import Glibc
internal import Troupe
internal import Yams

/// The file in Config/ that describes a choreography.
struct ChoreographyFile {
    /// The choreography's name.
    var name: String
    /// The home's path as written; nil for `.troupe` beside the working folder.
    var home: String?
    /// The folder that the file lies in; relative paths start there.
    var folder: String

    /// The home that the file names.
    var resolvedHome: Home {
        guard let home else { return Home(".troupe") }
        return home.hasPrefix("/") ? Home(home) : Home(folder + "/" + home)
    }

    /// Reads a file. Throws ``CommandError`` that names the file and the line.
    static func read(_ path: String) throws -> ChoreographyFile {
        guard let text = readText(path) else {
            throw CommandError("the choreography file \(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        let node: Node?
        do { node = try Yams.compose(yaml: text) } catch {
            throw CommandError("\(path): not valid YAML: \(error)")
        }
        guard let node, let mapping = node.mapping else {
            throw CommandError("\(path):1: expected keys such as 'choreography: shop'")
        }
        var name: String?
        var home: String?
        for (key, value) in mapping {
            let line = key.mark?.line ?? 1
            switch key.string ?? "" {
            case "choreography": name = value.string
            case "home": home = value.string
            case let other:
                throw CommandError("\(path):\(line): unknown key '\(other)'; known are: choreography, home")
            }
        }
        guard let name, !name.isEmpty else {
            throw CommandError("\(path):1: 'choreography' is missing; give the choreography a name")
        }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return ChoreographyFile(name: name, home: home, folder: folder.isEmpty ? "/" : folder)
    }

    private static func readText(_ path: String) -> String? {
        guard let bytes = try? InputReader.wholeFile(path) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
