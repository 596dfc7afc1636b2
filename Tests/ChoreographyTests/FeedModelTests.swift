internal import Testing

@Suite struct FeedModelTests {
    @Test(arguments: 0..<32 as Range<UInt64>)
    func `every event comes once and in order, and the feed ends live, whatever the network does`(group: UInt64) {
        var timesLive = 0
        for seed in (group * 10)..<(group * 10 + 10) {
            var world = FeedWorld(seed: seed, loses: false)
            world.run()
            #expect(world.problems == [], "seed \(seed)")
            timesLive += world.timesLive
        }
        #expect(timesLive > 20, "the model hardly ever goes live")
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `what a publisher lost is jumped back over, and what it said instead is heard`(group: UInt64) {
        var losses = 0
        for seed in (group * 10)..<(group * 10 + 10) {
            var world = FeedWorld(seed: seed, loses: true)
            world.run()
            #expect(world.problems == [], "seed \(seed)")
            losses += world.losses
        }
        #expect(losses > 0, "the model loses nothing")
    }
}
