extension Timestamp {
    /// Reads an RFC 3339 `date-time`.
    ///
    /// An offset is normalised to UTC, digits after the sixth of the fraction are dropped, and the leap second
    /// 23:59:60 UTC counts as the second after it.
    ///
    /// - Throws: `badTimestamp` when the text is none, names a day or time that does not exist, or lies outside of
    ///   the years 0001 to 9999.
    public init(_ text: some StringProtocol) throws(EnvelopeError) {
        let text = String(text)
        guard let microseconds = Timestamp.parse(Array(text.utf8)) else {
            throw EnvelopeError(
                .badTimestamp,
                "\(text.quotedForMessage) is no time of the years 0001 to 9999; write RFC 3339, such as "
                    + "\"2031-04-05T06:07:08.123456Z\".")
        }
        self.microseconds = microseconds
    }

    private static func parse(_ bytes: [UInt8]) -> Int64? {
        func number(_ start: Int, _ length: Int) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[start..<start + length] {
                guard Grammar.isDigit(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 20, bytes[4] == Grammar.dash, bytes[7] == Grammar.dash,
            bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == Grammar.colon, bytes[16] == Grammar.colon,
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
            let minute = number(14, 2), let second = number(17, 2),
            (1...12).contains(month), (1...daysIn(month, of: year)).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var position = 19
        var fraction: Int64 = 0
        if bytes[position] == Grammar.dot {
            position += 1
            let start = position
            var scale: Int64 = 100_000
            while position < bytes.count, Grammar.isDigit(bytes[position]) {
                fraction += Int64(bytes[position] - 0x30) * scale
                scale /= 10
                position += 1
            }
            guard position > start else { return nil }
        }
        guard position < bytes.count else { return nil }
        var offset: Int64 = 0
        if bytes[position] | 0x20 == UInt8(ascii: "z") {
            guard position + 1 == bytes.count else { return nil }
        } else {
            guard bytes[position] == UInt8(ascii: "+") || bytes[position] == Grammar.dash,
                position + 6 == bytes.count, bytes[position + 3] == Grammar.colon,
                let hours = number(position + 1, 2), let minutes = number(position + 4, 2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[position] == Grammar.dash ? -60 : 60)
        }
        let minutes = daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 - offset
        if second == 60 {
            let ofDay = ((minutes % 86_400) + 86_400) % 86_400
            guard ofDay == 86_340 else { return nil }
        }
        let result = (minutes + second) * 1_000_000 + fraction
        return range.contains(result) ? result : nil
    }

    private static func daysIn(_ month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that leap days end them.
    private static func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with six digits of fraction: `2031-04-05T06:07:08.123456Z`.
    ///
    /// Outside of the years 0001 to 9999, which RFC 3339 cannot say, `microseconds:` and the number.
    public var description: String {
        guard isInRange else { return "microseconds:\(microseconds)" }
        let day: Int64 = 86_400_000_000
        let ofDay = ((microseconds % day) + day) % day
        let date = Timestamp.civil((microseconds - ofDay) / day)
        let seconds = ofDay / 1_000_000
        return String(unsafeUninitializedCapacity: 27) { buffer in
            func put(_ value: Int64, _ start: Int, _ length: Int) {
                var rest = value
                for index in stride(from: start + length - 1, through: start, by: -1) {
                    buffer[index] = UInt8(rest % 10) + 0x30
                    rest /= 10
                }
            }
            put(date.year, 0, 4)
            put(date.month, 5, 2)
            put(date.day, 8, 2)
            put(seconds / 3600, 11, 2)
            put(seconds / 60 % 60, 14, 2)
            put(seconds % 60, 17, 2)
            put(ofDay % 1_000_000, 20, 6)
            buffer[4] = Grammar.dash
            buffer[7] = Grammar.dash
            buffer[10] = UInt8(ascii: "T")
            buffer[13] = Grammar.colon
            buffer[16] = Grammar.colon
            buffer[19] = Grammar.dot
            buffer[26] = UInt8(ascii: "Z")
            return 27
        }
    }
}
