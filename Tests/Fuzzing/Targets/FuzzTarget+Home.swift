internal import Choreography
internal import Envelope
internal import Troupe

extension FuzzTarget {
    private static let jsonWords = [
        "\"", "\\u0000", "\\ud800", "{", "}", "[", "]", ",", ":", "null", "true", "-1", "1e99", "18446744073709551616",
        "\"latest\"", "\"tips\":{}", "[[[[[[[[", "\u{FEFF}",
    ].map { Array($0.utf8) }

    /// How slots find each other.
    static let directoryRecord = FuzzTarget(
        "directory-record", share: 2,
        seeds: [
            [
                FuzzPart(
                    .raw,
                    json {
                        try DirectoryRecord(
                            publisher: Samples.publisher, instance: "7f", pid: 42, host: "h",
                            publish: ["ipc:///tmp/a"], replay: ["ipc:///tmp/b", "tcp://127.0.0.1:9"],
                            declaration: Declaration(
                                handler: "shop", consumes: [.init(topic: "a.b", emits: ["c.d"])], emits: ["c.d"])
                        ).json()
                    })
            ]
        ], words: jsonWords,
        read: { try DirectoryRecord(json: Array($0), of: Samples.publisher, path: "shop.0.json") },
        write: { try $0.json() })

    static let registration = FuzzTarget(
        "registration", share: 2,
        seeds: [
            [
                FuzzPart(
                    .raw,
                    json {
                        try Registration(
                            handler: Samples.publisher.handler,
                            topics: [
                                Samples.topic: .earliest,
                                Topic(unchecked: "a"): .latest(tips: [Samples.publisher: 7, .ingress: .max]),
                            ], hasBegun: false
                        ).json()
                    })
            ]
        ], words: jsonWords,
        read: { try Registration(json: Array($0), of: Samples.publisher.handler, path: "shop.json") },
        write: { try $0.json() })

    private static func json(_ make: () throws -> [UInt8]) -> [UInt8] {
        do { return try make() } catch { fatalError("\(error)") }
    }
}
