internal import EventJSON
internal import Foundation
internal import Testing

struct FoundationTypeTests {
    @Test func `dates, data, addresses, identifiers and decimals are written as they were`() throws {
        try expectRoundTrip(Date(timeIntervalSince1970: 1_762_000_000), as: #""2025-11-01T12:26:40Z""#)
        try expectRoundTrip(Date(timeIntervalSince1970: -1), as: #""1969-12-31T23:59:59Z""#)
        try expectRoundTrip(Data([0, 1, 255]), as: #""AAH/""#)
        try expectRoundTrip(Data(), as: #""""#)
        try expectRoundTrip(URL(string: "https://example.org/a?b=c")!, as: #""https://example.org/a?b=c""#)
        let id = UUID(uuidString: "E621E1F8-C36C-495A-93FC-0C247A3E6E5F")!
        try expectRoundTrip(id, as: #""E621E1F8-C36C-495A-93FC-0C247A3E6E5F""#)
        for text in ["0", "-1.5", "0.1", "123456789012345678901234567890", "9.99"] {
            try expectRoundTrip(Decimal(string: text)!, as: text)
        }
        try expectRoundTrip(["a": Decimal(5)], as: #"{"a":5}"#)
    }

    @Test func `a date may have an offset and a fraction`() throws {
        #expect(
            try decoded(Date.self, #""2025-11-01T14:26:40.5+02:00""#) == Date(timeIntervalSince1970: 1_762_000_000.5))
    }

    @Test func `what is none of these is refused`() {
        #expect(throws: EventJSONError.self) { try decoded(Date.self, #""yesterday""#) }
        expectRefused(Date.self, "1", .mismatch, "expected a string, found a number")
        expectRefused(Data.self, #""AA""#, .invalid, "expected Base64 with padding (RFC 4648 §4)")
        expectRefused(URL.self, #""""#, .invalid, "expected a URL")
        #expect(throws: EventJSONError.self) { try decoded(UUID.self, #""x""#) }
        #expect(throws: EventJSONError.self) { try text(Decimal.nan) }
        #expect(throws: EventJSONError.self) { try text(Date.distantPast.addingTimeInterval(-1e12)) }
        #expect(throws: EventJSONError.self) { try text(Date(timeIntervalSince1970: .nan)) }
    }
}
