internal import Envelope
internal import EventJSON

#if SIMDJSON
    internal import CSimdjson
#endif

/// What only checks a text and finds its values, without a type.
struct Parser {
    let name: String
    let parse: @Sendable ([UInt8]) throws -> Void

    static let all: [Parser] = {
        var all = [
            Parser(name: "EventJSON") { bytes in try bytes.withUnsafeBytes { consume(try EventJSONDecoder().parse($0)) }
            },
            Parser(name: "JSONText.validate") { bytes in try bytes.withUnsafeBytes { try JSONText.validate($0) } },
        ]
        #if SIMDJSON
            all.append(
                Parser(name: "simdjson, DOM") { bytes in
                    guard simdjson_parse(bytes, bytes.count) == 0 else { throw EventJSONBenchError(message: "refused") }
                })
        #endif
        return all
    }()
}
