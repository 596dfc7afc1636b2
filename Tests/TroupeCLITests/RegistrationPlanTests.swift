internal import Choreography
internal import Envelope
internal import Foundation
internal import Testing
internal import Troupe

@testable import TroupeCLI

@Suite("What is registered before handlers start") struct RegistrationPlanTests {
    private func plan(_ file: ChoreographyFile, _ name: String, _ topics: [String]) throws -> LaunchPlan {
        let consumes = topics.map { #"{"topic":"\#($0)","emits":[]}"# }.joined(separator: ",")
        let json = #"{"handler":"\#(name)","consumes":[\#(consumes)],"emits":[]}"#
        return LaunchPlan(
            spec: try file.handler(name), program: "/bin/true", arguments: [], environment: [:],
            declaration: try JSONDecoder().decode(Declaration.self, from: Data(json.utf8)))
    }

    private func file(_ handlers: String) throws -> ChoreographyFile {
        try ChoreographyFile.parse("choreography: b\nhandlers:\n\(handlers)", path: "b.yaml")
    }

    private func noTips(_ topics: Set<Topic>) throws -> RegistrationPlan.Tips {
        Issue.record("nobody begins at latest, so no journal is to be read")
        return [:]
    }

    @Test func theFirstUpBeginsAtTheEarliest() throws {
        let file = try file("  oven:")
        let changes = try RegistrationPlan(file: file, known: [:], isFirstUp: true)
            .changes([plan(file, "oven", ["x.y"])], tips: noTips)
        #expect(
            changes == [
                Registration(handler: try HandlerName("oven"), topics: [try Topic("x.y"): .earliest], hasBegun: false)
            ])
    }

    @Test func whatIsNewLaterMustSayWhereItBegins() throws {
        let file = try file("  oven:\n  shelf:")
        let oven = try HandlerName("oven")
        let known = [oven: Registration(handler: oven, topics: [try Topic("x.y"): .earliest])]
        let later = RegistrationPlan(file: file, known: known, isFirstUp: false)
        #expect(try later.changes([plan(file, "oven", ["x.y"])], tips: noTips) == [])
        for (name, expected) in [
            ("oven", "b.yaml:3: handler 'oven' now consumes 'x.z', which it did not"),
            ("shelf", "b.yaml:4: handler 'shelf' is new to this choreography"),
        ] {
            do {
                _ = try later.changes([plan(file, name, ["x.y", "x.z"])], tips: noTips)
                Issue.record("\(name) was registered")
            } catch { #expect("\(error)".hasPrefix(expected), "\(error)") }
        }
    }

    @Test func latestTakesTheTipsByNow() throws {
        let file = try file("  oven:\n    start: { x.z: latest, x.y: earliest }")
        let publisher = try PublisherID("stove.0")
        let (y, z) = (try Topic("x.y"), try Topic("x.z"))
        let changes = try RegistrationPlan(file: file, known: [:], isFirstUp: false)
            .changes([plan(file, "oven", ["x.y", "x.z"])]) { topics in
                #expect(topics == [z])
                return [z: [publisher: 17]]
            }
        #expect(changes.map(\.topics) == [[y: .earliest, z: .latest(tips: [publisher: 17])]])
    }

    @Test func aTopicThatIsConsumedNoLongerEnds() throws {
        let file = try file("  oven:")
        let oven = try HandlerName("oven")
        let known = [
            oven: Registration(handler: oven, topics: [try Topic("x.y"): .earliest, try Topic("x.z"): .earliest])
        ]
        let changes = try RegistrationPlan(file: file, known: known, isFirstUp: false)
            .changes([plan(file, "oven", ["x.y"])], tips: noTips)
        #expect(changes.map(\.topics) == [[try Topic("x.y"): .earliest]])
        #expect(changes.map(\.hasBegun) == [true])
    }

    @Test func aStartForATopicThatIsNotConsumedIsAMistake() throws {
        let file = try file("  oven:\n    start:\n      x.yy: latest")
        do {
            _ = try RegistrationPlan(file: file, known: [:], isFirstUp: true)
                .changes([plan(file, "oven", ["x.y"])], tips: noTips)
            Issue.record("it was registered")
        } catch {
            #expect(
                "\(error)" == "b.yaml:5: handler 'oven' does not consume 'x.yy'; did you mean 'x.y'? It consumes: x.y")
        }
    }
}
