import Foundation
import Testing

@testable import Envelope

@Suite struct GoldenVectorTests {
    /// With `WRITE_GOLDEN_VECTORS` set, the file is written instead; only a new version of the format may need that.
    @Test func recordsAndTheirJSONAreThoseOfTheGoldenVectors() throws {
        let file = Vectors.folder.appending(path: "records.json")
        let text = try Vectors.recordsText()
        if ProcessInfo.processInfo.environment["WRITE_GOLDEN_VECTORS"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    @Test func goldenRecordsAndGoldenJSONReadAsTheSameEvents() throws {
        let records = try #require(try Vectors.object("records.json")["records"] as? [String: [String: Any]])
        for vector in try Vectors.records() {
            let golden = try #require(records[vector.name])
            let record = Vectors.bytes(try #require(golden["record"] as? String))
            let json = try JSONSerialization.data(withJSONObject: try #require(golden["event"]))
            #expect(try EventRecord.decode(record) == vector.event)
            var event = try CloudEventsJSON.decode([UInt8](json))
            // Foundation has its own way to write numbers and to order members.
            event.data = vector.event.data
            #expect(event == vector.event)
        }
        #expect(records.count == (try Vectors.records().count))
    }

    @Test func theGoldenTracedRootCostsAtMost96Bytes() throws {
        let records = try #require(try Vectors.object("records.json")["records"] as? [String: [String: Any]])
        let hex = try #require(records["traced root"]?["record"] as? String)
        let event = try EventRecord.decode(Vectors.bytes(hex))
        #expect(event.serial == .root)
        #expect(event.topic.text.utf8.count == 17)
        #expect(event.traceparent != nil)
        #expect(hex.utf8.count / 2 - event.data.count <= 96)
    }
}
