internal import Glibc
internal import Journal

extension ChoreographyFile {
    /// The choreography files directly under Config/, but for `reference.yaml`, sorted.
    static func candidates(in folder: String = "Config") -> [String] {
        let names = (try? OSFileSystem().list(folder)) ?? []
        return names.filter { $0.hasSuffix(".yaml") && $0 != "reference.yaml" && !$0.hasPrefix(".") }.sorted()
            .map { folder + "/" + $0 }
    }

    /// The file that is meant when none is named: the only one under Config/.
    static func theOnly(in folder: String = "Config") throws -> String {
        let found = candidates(in: folder)
        if found.count == 1 { return found[0] }
        guard !found.isEmpty else {
            throw CommandError(
                "there is no choreography file: none was named, and \(folder)/ has no *.yaml. Name one:"
                    + " troupe up FILE; Config/reference.yaml shows every key")
        }
        throw CommandError(
            "which choreography? None was named, and \(folder)/ has several: \(found.joined(separator: ", "))."
                + " Name one, as in: troupe up \(found[0])")
    }
}
