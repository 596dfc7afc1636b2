internal import Testing

@Suite struct RecoveryTests {
    @Test(arguments: 0..<150 as Range<UInt64>)
    func `a slot that dies at any entry handles every event once, in the order of its key`(seed: UInt64) throws {
        var slot = CrashingSlot(seed: seed)
        try slot.run()
        try slot.check()
    }

    @Test func `the crashes happen`() throws {
        var crashes = 0
        for seed in 0..<10 as Range<UInt64> {
            var slot = CrashingSlot(seed: seed)
            try slot.run()
            crashes += slot.crashes
        }
        #expect(crashes > 50)
    }
}
