@testable import Envelope

/// Random valid events, the same for the same seed.
struct EventGenerator {
    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func event() throws -> Event {
        let flow = try flow()
        let serial = try serial()
        var event = Event(
            topic: try Topic(pick(["a", "shop.order.placed", "x-1.y-2.3z", String(repeating: "t", count: 200)])),
            flow: flow, serial: serial, time: time(), data: [],
            sequence: random.chance(30)
                ? 0 : random.chance(10) ? .max : UInt64.random(in: 1...9_999_999, using: &random))
        if random.chance(50) {
            event.traceparent = try Traceparent(
                traceID: (random.next() | 1, random.next()), spanID: random.next() | 1,
                flags: UInt8.random(in: 0...255, using: &random))
        }
        if random.chance(30), let parent = serial.parent { event.causes = try causes(flow, parent) }
        if random.chance(30) { event.source = pick(["urn:x", "/a/b?c=d", "troupe:elsewhere", "https://e.org/%C3%BC"]) }
        if serial == .root, random.chance(50) {
            event.source = "https://e.org/s"
            event.foreignID = text()
        }
        if random.chance(20) { event.subject = text() }
        if random.chance(20) { event.dataSchema = "urn:schema:\(random.next())" }
        if random.chance(20) { event.partitionKey = text() }
        if random.chance(20) { event.traceState = "k=v,\(random.next())=x" }
        if random.chance(20) { event.dataRef = "blob/\(random.next())" }
        if random.chance(20) { event.expiryTime = time() }
        if random.chance(20) { event.notBefore = time() }
        for _ in 0..<(random.chance(30) ? 4 : 0) { event.context["k\(random.next() % 9).-_"] = wildText() }
        for _ in 0..<(random.chance(30) ? 4 : 0) { event.extensions["x\(random.next() % 9)"] = extensionValue() }
        setData(&event)
        return event
    }

    private mutating func setData(_ event: inout Event) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: break
        case 1:
            event.dataContentType = pick(["text/plain", "text/csv; charset=utf-8", "text/plain; charset=iso-8859-1"])
            event.data = Array(wildText().utf8)
        case 2:
            event.dataContentType = pick(["application/octet-stream", "text/html", "application/cbor"])
            event.data = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
        case 3:
            event.dataContentType = pick(["application/vnd.x+json", "application/json; charset=utf-8", "text/json"])
            event.data = json(depth: 3)
        case 4:
            event.data = Array("{not json".utf8)
        default:
            event.data = json(depth: 4)
        }
    }

    mutating func json(depth: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: append(pick(["true", "false", "null"]))
        case 1: append(pick(["0", "-1", "1.50", "1e10", "-0.0E-3", "12345678901234567890"]))
        case 2, 3, 4: JSONText.writeString(wildText(), into: &bytes)
        case 5:
            append("[")
            for index in 0..<Int.random(in: 0...3, using: &random) {
                if index > 0 { append(",") }
                bytes += json(depth: depth - 1)
            }
            append("]")
        default:
            append("{")
            for index in 0..<Int.random(in: 0...3, using: &random) {
                if index > 0 { append(",") }
                JSONText.writeString("\(index)" + wildText(), into: &bytes)
                append(":")
                bytes += json(depth: depth - 1)
            }
            append("}")
        }
        return bytes
    }

    mutating func flow() throws -> FlowID {
        if random.chance(70) { return FlowID(uuidBytes: (random.next(), random.next())) }
        return try FlowID(pick(["f", "order-7", "A.b_c:d-9", String(repeating: "n", count: 128)]))
    }

    mutating func serial() throws -> Serial {
        var serial = Serial.root
        while random.chance(60) {
            serial = serial.child(
                handler: try HandlerName(pick(["payment", "a", "b-2", String(repeating: "h", count: 63)])),
                index: Int.random(in: 1...(random.chance(10) ? Serial.maximumIndex : 12), using: &random))
        }
        return serial
    }

    private mutating func causes(_ flow: FlowID, _ parent: Serial) throws -> [EventID] {
        let least = EventID(flow: flow, serial: parent)
        var causes = [least]
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let other = EventID(flow: random.chance(70) ? flow : try self.flow(), serial: try serial())
            if other > least, !causes.contains(other), causes.count < 16 { causes.append(other) }
        }
        return causes
    }

    private mutating func time() -> Timestamp {
        if random.chance(5) {
            return Timestamp(microseconds: pick([Timestamp.range.lowerBound, Timestamp.range.upperBound]))
        }
        return Timestamp(microseconds: Int64.random(in: -9_000_000_000_000_000...9_000_000_000_000_000, using: &random))
    }

    private mutating func extensionValue() -> ExtensionValue {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .string(text())
        case 1: .integer(Int32.random(in: .min ... .max, using: &random))
        default: .boolean(random.chance(50))
        }
    }

    mutating func pick<T>(_ values: [T]) -> T { values[Int(random.next() % UInt64(values.count))] }

    /// Text that CloudEvents allows as an attribute.
    mutating func text() -> String {
        (0..<Int.random(in: 1...12, using: &random)).map { _ in
            pick(["a", "Z", " ", "ü", "\"", "\\", "/", "漢", "🎭", "é"])
        }
        .joined()
    }

    /// Text with anything in it: control characters and noncharacters too.
    mutating func wildText() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let value: UInt32 = pick([
                0x61, 0x5A, 0x20, 0x22, 0x5C, 0x2F, 0x00, 0x0A, 0x1F, 0x7F, 0x80, 0x9F, 0xA0, 0xFC, 0x2028, 0x6F22,
                0xFDD0,
                0xFFFD, 0xFFFE, 0x1F3AD, 0x1FFFF, 0x10FFFD,
            ])
            if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
            if random.chance(20) { text += "plain ascii text" }
        }
        return text
    }
}
