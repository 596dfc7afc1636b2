/// A value of a checked text, for those who look at it without a type of their own.
package struct JSONNode {
    private let document: JSONDocument
    private let index: Int

    /// The whole value.
    package init(_ document: JSONDocument) { self.init(document, 0) }

    private init(_ document: JSONDocument, _ index: Int) {
        self.document = document
        self.index = index
    }

    /// The value as a type, by the very code that handlers decode with; nil where that refuses it.
    package func decode<T: Decodable>(_ type: T.Type) -> T? { try? document.decode(type, at: index) }

    package var isNull: Bool { document.isNull(index) }
    package var isObject: Bool { document.firstByte(index) == UInt8(ascii: "{") }
    package var isList: Bool { document.firstByte(index) == UInt8(ascii: "[") }

    /// A member of an object, if this is one that has it.
    package subscript(_ name: String) -> JSONNode? {
        guard isObject else { return nil }
        document.prepare(index)
        return document.value(of: index, named: name).map { JSONNode(document, $0) }
    }

    /// The members of an object, in order.
    package var members: [(name: String, value: JSONNode)] {
        var members: [(name: String, value: JSONNode)] = []
        if isObject {
            document.forEachName(of: index) { members.append((document.string($0), JSONNode(document, $0 + 1))) }
        }
        return members
    }

    /// The elements of a list, in order.
    package var elements: [JSONNode] {
        var elements: [JSONNode] = []
        guard isList else { return elements }
        var element = index + 1
        for _ in 0..<document.tokens[index].length {
            elements.append(JSONNode(document, element))
            element = Int(document.tokens[element].next)
        }
        return elements
    }

    /// What people call it: a short text or number as it is, of others the kind.
    package var words: String {
        let bytes = document.bytes(of: index)
        switch document.firstByte(index) {
        case UInt8(ascii: "\""):
            let text = document.string(index)
            return text.count <= 40 ? "the text '\(text)'" : "a text"
        case UInt8(ascii: "-"), 0x30...0x39:
            return bytes.count <= 40 ? String(decoding: bytes, as: UTF8.self) : "a number"
        case UInt8(ascii: "n"): return "null"
        case UInt8(ascii: "{"): return "an object"
        case UInt8(ascii: "["): return "a list"
        default: return "true or false"
        }
    }
}
