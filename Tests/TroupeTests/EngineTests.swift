internal import Choreography
internal import Envelope
internal import Foundation
internal import Logging
internal import Testing
internal import Troupe
internal import TroupeTesting

@Suite("Every engine") struct EngineTests {
    @Test("in memory", arguments: EngineConformance.all.indices)
    func memory(_ index: Int) throws {
        let engine = MemoryEngine { Timestamp(microseconds: 1_700_000_000_000_000) }
        try EngineConformance.all[index].1(EngineConformance { engine })
    }

    @Test("with files and ZeroMQ", arguments: EngineConformance.all.indices)
    func files(_ index: Int) async throws {
        try await withHome { home in
            let declaration = Declaration(handler: "test", consumes: [], emits: ["test.orders", "test.others"])
            let conformance = EngineConformance {
                try FileEngine(home: home, options: .init(declaration: declaration), logger: .quiet)
            }
            try EngineConformance.all[index].1(conformance)
        }
    }
}
