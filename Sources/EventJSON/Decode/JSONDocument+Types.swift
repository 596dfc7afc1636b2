internal import Envelope
internal import FoundationEssentials

extension JSONDocument {
    /// A value of any type: of some without the detour over their own `init(from:)`, or in another form.
    func decode<T: Decodable>(_ type: T.Type, at index: Int) throws -> T {
        // Each of these returns what it was asked for, so that the casts only say what the compiler cannot see.
        if type == String.self { return unsafeBitCast(try string(index, as: type), to: T.self) }
        if type == [String].self {
            return unsafeBitCast(try array(index) { try string($0, as: String.self) }, to: type)
        }
        if type == [Int].self { return unsafeBitCast(try array(index) { try integer($0, as: Int.self) }, to: type) }
        if type == [Double].self { return unsafeBitCast(try array(index, double), to: type) }
        if type == Date.self { return unsafeBitCast(try date(index), to: type) }
        if type == Data.self { return unsafeBitCast(try data(index), to: type) }
        if type == URL.self { return unsafeBitCast(try url(index), to: type) }
        if type == Decimal.self { return unsafeBitCast(try decimal(index), to: type) }
        return try T(from: ValueDecoder(document: self, index: index))
    }

    private func array<Element>(_ index: Int, _ read: (Int) throws -> Element) throws -> [Element] {
        guard firstByte(index) == UInt8(ascii: "[") else { throw mismatch(index, [Element].self, "an array") }
        var elements: [Element] = []
        elements.reserveCapacity(Int(tokens[index].length))
        var element = index + 1
        for _ in 0..<tokens[index].length {
            elements.append(try read(element))
            element = Int(tokens[element].next)
        }
        return elements
    }

    private func date(_ index: Int) throws -> Date {
        let text = try string(index, as: Date.self)
        do throws(EnvelopeError) {
            return Date(timeIntervalSince1970: Double(try Timestamp(text).microseconds) / 1e6)
        } catch {
            throw invalid(index, error.message)
        }
    }

    private func data(_ index: Int) throws -> Data {
        guard let bytes = Base64.decode(try string(index, as: Data.self)) else {
            throw invalid(index, "expected Base64 with padding (RFC 4648 §4)")
        }
        return Data(bytes)
    }

    private func url(_ index: Int) throws -> URL {
        guard let url = URL(string: try string(index, as: URL.self)) else { throw invalid(index, "expected a URL") }
        return url
    }

    private func decimal(_ index: Int) throws -> Decimal {
        let text = String(decoding: try number(index, as: Decimal.self), as: UTF8.self)
        guard let decimal = Decimal(string: text), decimal.isFinite else { throw unrepresentable(index, Decimal.self) }
        return decimal
    }
}
