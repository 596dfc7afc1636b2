internal import Testing

@testable import Troupe

@Suite struct FlowRandomTests {
    /// The first numbers that the authors' C code of xoshiro256++ 1.0 gives for this state.
    @Test func `the numbers are those of xoshiro256++`() {
        var random = FlowRandom(seed: (1, 2, 3, 4))
        let first = (0..<10).map { _ in random.next() }
        #expect(
            first == [
                41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205,
                9_973_669_472_204_895_162, 14_011_001_112_246_962_877, 12_406_186_145_184_390_807,
                15_849_039_046_786_891_736, 10_450_023_813_501_588_000,
            ])
    }

    @Test func `each sequence is one of its own`() {
        let firsts = Set(
            (0..<1000).map { _ in
                var random = FlowRandom()
                return random.next()
            })
        #expect(firsts.count == 1000)
    }
}
