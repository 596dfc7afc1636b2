internal import EventJSON
internal import Testing

struct NumberTests {
    private func limits<I: FixedWidthInteger & Codable>(_ type: I.Type) throws {
        for value in [I.min, I.min + 1, 0, 1, 9, 10, 99, 100, I.max - 1, I.max] {
            try expectRoundTrip(value, as: "\(value)")
        }
        let above = "\(I.max)".dropLast() + "\(Int("\(I.max)".suffix(1))! + 1)"
        expectRefused(I.self, String(above), .unrepresentable, "\(above) does not fit \(I.self)")
        expectRefused(I.self, "\(I.max)0", .unrepresentable, "\(I.max)0 does not fit \(I.self)")
        expectRefused(I.self, "0.5", .unrepresentable, "0.5 does not fit \(I.self)")
        expectRefused(I.self, #""1""#, .mismatch, "expected a number, found a string")
        #expect(try decoded(I.self, "\(I.max).0") == I.max)
        #expect(try decoded(I.self, "\(I.min).000e0") == I.min)
        #expect(try decoded(I.self, "-0") == 0)
        #expect(try decoded(I.self, "-0.0e5") == 0)
    }

    @Test func `integers of every size hold at their limits and are refused beyond`() throws {
        try limits(Int8.self)
        try limits(Int16.self)
        try limits(Int32.self)
        try limits(Int64.self)
        try limits(Int128.self)
        try limits(Int.self)
        try limits(UInt8.self)
        try limits(UInt16.self)
        try limits(UInt32.self)
        try limits(UInt64.self)
        try limits(UInt128.self)
        try limits(UInt.self)
        expectRefused(UInt8.self, "-1", .unrepresentable, "-1 does not fit UInt8")
        expectRefused(Int8.self, "-129", .unrepresentable, "-129 does not fit Int8")
        expectRefused(Int64.self, "-9223372036854775809", .unrepresentable, "-9223372036854775809 does not fit Int64")
    }

    @Test(arguments: [
        ("1e2", 100), ("1.5E+1", 15), ("120e-1", 12), ("1200e-2", 12), ("0.0012e4", 12), ("12.00", 12), ("1E0", 1),
        ("9007199254740993.0", 9_007_199_254_740_993), ("0e999999999999999999999", 0),
        ("0.00000000000000000000000000000000000001e38", 1),
    ])
    func `an integer may be written with a fraction or an exponent, and stays exact`(text: String, value: Int) throws {
        #expect(try decoded(Int.self, text) == value)
    }

    @Test(arguments: [
        "1e19", "1e-1", "125e-1", "1e999999999999999999999999", "1e-999999999999999999999999", "1.0000000001",
    ])
    func `what is no integer or too large for one is refused`(text: String) {
        #expect(throws: EventJSONError.self) { try decoded(Int.self, text) }
    }

    private func limits<F: BinaryFloatingPoint & Codable & CustomStringConvertible>(_ type: F.Type) throws {
        let magnitudes: [F] = [
            0, .leastNonzeroMagnitude, .leastNormalMagnitude, .leastNormalMagnitude.nextDown, .ulpOfOne, 0.1, 0.5, 1,
            .pi, 1 / 3, 1e-7, 123_456.789, 1e15, 1e16, 1e17, F(sign: .plus, exponent: 60, significand: 1),
            .greatestFiniteMagnitude.nextDown, .greatestFiniteMagnitude,
        ]
        for value in magnitudes + magnitudes.map({ -$0 }) {
            try expectRoundTrip(value)
            #expect(try decoded(F.self, text(value)).sign == value.sign)
        }
        for value in [F.nan, .infinity, -.infinity] {
            let error = #expect(throws: EventJSONError.self) { try text(["price": [value]]) }
            #expect(error?.code == .unencodable)
            #expect(error?.description == "price[0]: \(value) has no form in JSON; encode an optional or a string")
        }
        for text in ["1e999", "-1e999", "1e-999", "-0.1e-999"] {
            expectRefused(F.self, text, .unrepresentable, "\(text) does not fit \(F.self)")
        }
        #expect(try decoded(F.self, "0e-999") == 0)
    }

    @Test func `floating point holds from the smallest to the largest, and neither infinite nor NaN`() throws {
        try limits(Double.self)
        try limits(Float.self)
    }

    @Test func `doubles are the nearest to their text, and floats are rounded once`() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(try decoded(Double.self, text(value)) == value)
            let digits =
                "\(random.next() % 1_000_000_000).\(random.next() % 100_000_000)e\(Int(random.next() % 60) - 30)"
            #expect(try decoded(Double.self, digits) == Double(digits))
            #expect(try decoded(Float.self, digits) == Float(digits))
        }
        // Lies just above the middle of two floats, and rounds to the middle as a double.
        #expect(try decoded(Float.self, "1.00000005960464477540") == 1.0000001)
    }

    @Test func `short decimals are written as people would`() throws {
        for (value, expected) in [
            (1.0, "1"), (-0.0, "-0"), (9.5, "9.5"), (0.1, "0.1"), (-12.0625, "-12.0625"), (0.001, "0.001"),
            (1_000_000_000, "1000000000"), (999_999_999.9999, "999999999.9999"), (0.05, "0.05"), (100.01, "100.01"),
            (1e21, "1e+21"), (0.1 + 0.2, "0.30000000000000004"),
        ] {
            try expectRoundTrip(value, as: expected)
        }
        var random = SeededRandom(seed: 8)
        for _ in 0..<20_000 {
            let value =
                Double(random.next() % 100_000_000_000) / [1, 10, 100, 1000, 10_000, 100_000][Int(random.next() % 6)]
            let expected = value.description.hasSuffix(".0") ? String(value.description.dropLast(2)) : value.description
            #expect(try text(value) == expected)
        }
    }
}
