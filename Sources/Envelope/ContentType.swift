/// What a media type says about how data stands in a JSON event (CloudEvents 1.0.2 JSON format §3.1).
struct ContentType {
    /// JSON: no media type given, `application/json`, `text/json`, or any subtype that ends in `+json`.
    let isJSON: Bool

    /// Text in UTF-8: `text/*` that is not JSON and names no other character set.
    let isText: Bool

    init(_ mediaType: String?) {
        guard let mediaType, mediaType != Event.defaultContentType else {
            isJSON = true
            isText = false
            return
        }
        let parts = mediaType.lowercased().utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        let essence = ContentType.trimmed(parts[0])
        let json = essence == "application/json" || essence == "text/json" || essence.hasSuffix("+json")
        isJSON = json
        isText = !json && essence.hasPrefix("text/") && parts.dropFirst().allSatisfy { ContentType.keepsUTF8($0) }
    }

    private static func keepsUTF8(_ parameter: Substring.UTF8View) -> Bool {
        let text = trimmed(parameter)
        guard text.hasPrefix("charset=") else { return true }
        let value = text.dropFirst("charset=".count).filter { $0 != "\"" }
        return value == "utf-8" || value == "us-ascii"
    }

    private static func trimmed(_ text: Substring.UTF8View) -> String {
        var rest = Substring(text)
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
