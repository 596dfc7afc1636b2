package import Choreography
package import Envelope

/// What has been published on some topics by now: where a consumer that registers as `latest` begins.
package enum TopicTips {
    /// The last sequence of each publisher on each topic; a publisher that said nothing on a topic is absent there.
    package static func read(
        _ topics: Set<Topic>, of publishers: [PublisherID], reader: (PublisherID) throws -> any EngineReader
    ) throws -> [Topic: [PublisherID: UInt64]] {
        var tips: [Topic: [PublisherID: UInt64]] = [:]
        for publisher in publishers {
            let log: any EngineReader
            do { log = try reader(publisher) } catch let error as EngineError where error.code == .notFound {
                continue
            }
            let (_, state) = try log.foldToEnd()
            for topic in topics where state.tip(topic) > 0 {
                tips[topic, default: [:]][publisher] = state.tip(topic)
            }
        }
        return tips
    }
}
