import Foundation
import Testing

@testable import Envelope

/// The golden vectors beside the tests.
enum Vectors {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")

    static func object(_ file: String) throws -> [String: Any] {
        let data = try Data(contentsOf: folder.appending(path: file))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// A vector of `records.json`: an event, its record and its JSON.
    struct Record {
        var name: String
        var event: Event
    }

    /// The events that `records.json` holds, in its order.
    static func records() throws -> [Record] {
        var traced = try Samples.root()
        traced.traceparent = try Samples.traceparent()
        var appended = traced
        appended.sequence = 42
        var child = try Samples.root(topic: "shop.payment.settled", data: #"{"paid":true}"#)
        child.serial = try Serial("1/payment.1")
        child.context = ["tenant": "north", "note.1": "a \"b\"\n\u{7F}"]
        var keyed = try Samples.root(topic: "k", data: "")
        keyed.partitionKey = "123456789"
        var binary = try Samples.root(topic: "shop.label.printed")
        binary.dataContentType = "application/octet-stream"
        binary.data = [0, 1, 254, 255]
        var join = try Samples.root(topic: "shop.order.packed", data: "null")
        join.flow = try FlowID("7.order")
        join.serial = try Serial("1/stock.1/pack.1")
        join.causes = try [
            "7.order/1/stock.1", "7.order/1/stock.2", "f190a1b2-c3d4-7e5f-8a1b-2c3d4e5f6071/1", "p/1/x.3",
        ].map { try EventID($0) }
        return [
            Record(name: "root", event: try Samples.root()), Record(name: "traced root", event: traced),
            Record(name: "appended root", event: appended), Record(name: "child with context", event: child),
            Record(name: "named flow and join", event: join), Record(name: "partition key and no data", event: keyed),
            Record(name: "binary data", event: binary), Record(name: "foreign root", event: try Samples.foreign()),
            Record(name: "every attribute", event: try Samples.full()),
        ]
    }

    /// What `records.json` must hold.
    static func recordsText() throws -> String {
        var text = """
            {
              "about": "Records of version 1 as hexadecimal bytes, and the same events as CloudEvents JSON.",
              "records": {

            """
        let records = try records()
        for (index, record) in records.enumerated() {
            text += """
                    "\(record.name)": {
                      "record": "\(hex(encoded(record.event)))",
                      "event": \(CloudEventsJSON.encode(record.event))
                    }\(index + 1 < records.count ? "," : "")

                """
        }
        var frame: [UInt8] = []
        let events = records.prefix(1).map(\.event)
        let header = FrameHeader(
            topic: try Topic("shop.order.placed"), publisher: "ingress.0", epoch: 0x1122_3344_5566_7788,
            firstSequence: 41,
            count: 1)
        frame += Frame.encode(header, records: events.flatMap { encoded($0) })
        text += """
              },
              "frame": {
                "frame": "\(hex(frame))",
                "topic": "shop.order.placed",
                "publisher": "ingress.0",
                "epoch": \(header.epoch),
                "firstSequence": 41,
                "count": 1,
                "records": ["root"]
              }
            }

            """
        return text
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
            guard let high = Hex.value(digits[index]), let low = Hex.value(digits[index + 1]) else { return nil }
            return high << 4 | low
        }
    }
}
