import Testing

@testable import Envelope

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000000Z"),
        ("2031-04-05T06:07:08.123456Z", 1_933_135_628_123_456, "2031-04-05T06:07:08.123456Z"),
        ("2031-04-05t06:07:08.1234569z", 1_933_135_628_123_456, "2031-04-05T06:07:08.123456Z"),
        ("2031-04-05T08:07:08.5+02:00", 1_933_135_628_500_000, "2031-04-05T06:07:08.500000Z"),
        ("2031-04-04T20:37:08-09:30", 1_933_135_628_000_000, "2031-04-05T06:07:08.000000Z"),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000, "2017-01-01T00:00:00.000000Z"),
        ("2017-01-01T01:59:60.25+02:00", 1_483_228_800_250_000, "2017-01-01T00:00:00.250000Z"),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000, "2024-02-29T00:00:00.000000Z"),
        ("1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ])
    func timesAreReadAndWritten(text: String, microseconds: Int64, written: String) throws {
        let time = try Timestamp(text)
        #expect(time.microseconds == microseconds)
        #expect(time.description == written)
    }

    @Test(arguments: [
        "", "2031-04-05", "2031-04-05T06:07:08", "2031-04-05 06:07:08Z", "2031-13-05T06:07:08Z", "2031-00-05T06:07:08Z",
        "2031-02-29T06:07:08Z", "1900-02-29T00:00:00Z", "2031-04-31T06:07:08Z", "2031-04-05T24:00:00Z",
        "2031-04-05T06:60:08Z", "2031-04-05T06:07:61Z", "2031-04-05T06:07:60Z", "2031-04-05T06:07:08.Z",
        "2031-04-05T06:07:08Zx", "2031-04-05T06:07:08+2:00", "2031-04-05T06:07:08+24:00", "2031-04-05T06:07:08+02:60",
        "2031-04-05T06:07:08+0200", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:60Z", "20a1-04-05T06:07:08Z", "2031-04-05T06:07:08.12", "-031-04-05T06:07:08Z",
    ])
    func whatIsNoTimeIsRefused(text: String) {
        expectError(.badTimestamp, "is no time") { _ = try Timestamp(text) }
    }

    @Test func everyTimeComesBackFromItsText() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<5000 {
            let time = Timestamp(microseconds: Int64.random(in: Timestamp.range, using: &random))
            #expect(try Timestamp(time.description) == time)
        }
    }

    @Test(arguments: [Int64.min, .max, Timestamp.range.lowerBound - 1, Timestamp.range.upperBound + 1])
    func timesThatRFC3339CannotSayAreWrittenAsNumbers(microseconds: Int64) {
        #expect(Timestamp(microseconds: microseconds).description == "microseconds:\(microseconds)")
    }
}
