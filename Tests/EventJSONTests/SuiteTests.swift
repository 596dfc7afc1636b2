internal import EventJSON
internal import Testing

struct SuiteTests {
    private func parse(_ bytes: [UInt8]) throws(EventJSONError) {
        let result = bytes.withUnsafeBytes { text in
            Result { () throws(EventJSONError) in _ = try EventJSONDecoder().parse(text) }
        }
        try result.get()
    }

    @Test(arguments: SuiteCases.accepted) func `what every parser must accept is accepted`(
        _ example: SuiteCases.Case
    ) throws { try parse(example.bytes) }

    @Test(arguments: SuiteCases.refused) func `what every parser must refuse is refused`(_ example: SuiteCases.Case) {
        let error = #expect(throws: EventJSONError.self) { try parse(example.bytes) }
        #expect(
            error?.code
                == (example.description.contains("open_") && example.bytes.count > 1000
                    || example.description.contains("100000") ? .tooLarge : .malformed))
    }

    /// Numbers of any size are JSON; which of them a type takes is another question. All else that the suite leaves
    /// open is refused: text that is no UTF-8 or begins with a byte order mark, and half a surrogate pair.
    @Test(arguments: SuiteCases.open) func `what is left open is decided`(_ example: SuiteCases.Case) {
        let isAccepted =
            example.description.hasPrefix("number_") || example.description == "structure_500_nested_arrays"
        if isAccepted {
            #expect(throws: Never.self) { try parse(example.bytes) }
        } else {
            #expect(throws: EventJSONError.self) { try parse(example.bytes) }
        }
    }

    @Test func `numbers that a type cannot hold are refused when it reads them`() {
        let huge = [
            "number_huge_exp", "number_neg_int_huge_exp", "number_real_underflow", "number_double_huge_neg_exp",
        ]
        for example in SuiteCases.open where huge.contains(example.description) {
            let error = #expect(throws: EventJSONError.self, "\(example)") {
                try EventJSONDecoder().decode([Double].self, from: example.bytes)
            }
            #expect(error?.code == .unrepresentable)
            #expect(error?.path == "[0]")
        }
    }

    @Test func `every prefix of a text and every changed byte is read or refused, and never traps`() {
        let text = Array(
            #"{"a":[1,-2.5e3,true,null,{"b\u0041":"\ud83d\ude00é"}],"c":"plain text of some length"}"#.utf8)
        for end in 0..<text.count { #expect(throws: EventJSONError.self) { try parse(Array(text[..<end])) } }
        for position in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[position] = byte
                do throws(EventJSONError) { try parse(changed) } catch {
                    #expect(error.code == .malformed || error.code == .repeated)
                }
            }
        }
    }
}
