internal import Foundation
internal import Testing
internal import Troupe

@testable internal import TroupeCLI

/// For each fault a choreography that has it, and one that nearly has it.
@Suite("Check") struct CheckTests {
    private func found(_ cast: Cast) -> [CheckFinding] { Check(cast).findings() }

    private func rules(_ cast: Cast) -> [CheckFinding.Rule] { found(cast).map(\.rule) }

    @Test("the shop has no fault")
    func shop() {
        #expect(found(.shop) == [])
    }

    @Test("an orphan: nobody hears it, unless it is a leaf")
    func orphan() throws {
        let text = "a: t.in > t.out t.end\nb: t.out > t.end"
        let finding = try #require(found(.of(text, roots: ["t.in"])).first)
        #expect(finding.rule == .orphan && finding.severity == .warning)
        #expect(finding.handler == "a" && finding.topic == "t.end" && finding.line == 3)
        #expect(finding.message == "nobody hears 't.end', which a and b emit")
        #expect(rules(.of(text, roots: ["t.in"], leaves: ["t.end"])) == [])
        #expect(rules(.of(text + "\nc: t.end >", roots: ["t.in"])) == [])
    }

    @Test("a mute: nobody emits it, unless it is a root")
    func mute() throws {
        let text = "a: t.in > t.out\nb: t.out >\nb: t.other >"
        let finding = try #require(found(.of(text, roots: ["t.in"])).first)
        #expect(finding.rule == .mute && finding.handler == "b" && finding.topic == "t.other" && finding.line == 4)
        #expect(rules(.of(text, roots: ["t.in", "t.other"])) == [])
        #expect(rules(.of("a: t.in > t.out t.other\nb: t.out >\nb: t.other >", roots: ["t.in"])) == [])
    }

    @Test("a slip in a topic's name is both, and each tells of the other")
    func slip() {
        let messages = found(.of("a: t.in > shop.order.acepted\nb: shop.order.accepted >", roots: ["t.in"]))
            .map(\.message)
        #expect(messages.contains { $0.hasSuffix("did you mean 'shop.order.accepted'?") })
        #expect(messages.contains { $0.hasSuffix("did you mean 'shop.order.acepted'?") })
    }

    @Test("a handler that no flow leads to; one that is reached by one of its topics")
    func unreachable() throws {
        let text = "a: t.in > t.out\nb: t.out >\nc: t.far > t.near\nd: t.near >"
        let findings = found(.of(text, roots: ["t.in"])).filter { $0.rule == .unreachable }
        #expect(findings.map(\.handler) == ["c", "d"])
        #expect(findings.map(\.line) == [5, 6])
        #expect(findings[0].message == "no event ever gets to 'c': no flow leads to 't.far'")
        let reached = found(.of(text + "\nc: t.out > t.near", roots: ["t.in"]))
        #expect(!reached.contains { $0.rule == .unreachable })
        #expect(rules(.of(text, roots: ["t.in", "t.far"])) == [])
        // Without roots, what nobody emits may come from outside.
        #expect(rules(.of(text)) == [.mute, .mute])
    }

    @Test("an island that only goes round is not reached; with a way in it is")
    func island() {
        let text = "a: t.in >\nb: t.one > t.two t.end\nc: t.two > t.one\nd: t.end >"
        #expect(found(.of(text)).filter { $0.rule == .unreachable }.map(\.handler) == ["b", "c", "d"])
        #expect(!rules(.of(text + "\na: t.more > t.one")).contains(.unreachable))
    }

    @Test("a cycle with a way out is a warning that names the way round and out")
    func cycle() throws {
        let text = "a: t.in > t.one\nb: t.one > t.two t.end\nc: t.two > t.one\nd: t.end >"
        let finding = try #require(found(.of(text, roots: ["t.in"])).first)
        #expect(finding.rule == .cycle && finding.severity == .warning)
        #expect(
            finding.message
                == "events go round: t.one → b → t.two → c → t.one; it ends where b says t.end instead")
        #expect(finding.handler == "b" && finding.line == 4 && finding.topic == "t.one")
        #expect(finding.advice.contains("64 hops") && finding.advice.contains("'loops: [t.one]'"))
        // The same without the last step back.
        #expect(rules(.of("a: t.in > t.one\nb: t.one > t.two t.end\nc: t.two >\nd: t.end >", roots: ["t.in"])) == [])
    }

    @Test("a cycle without a way out is an error, unless it is accepted")
    func endless() {
        let text = "a: t.in > t.one\nb: t.one > t.two\nc: t.two > t.one"
        let findings = found(.of(text, roots: ["t.in"]))
        #expect(findings.map(\.severity) == [.error])
        #expect(findings[0].message.hasSuffix("nothing that is declared leads out of it"))
        #expect(rules(.of(text, roots: ["t.in"], loops: ["t.two"])) == [])
    }

    @Test("a handler that says what it hears goes round by itself; two rounds are two findings")
    func selfLoop() {
        let text = "a: t.in > t.in t.one\nb: t.one > t.one t.in"
        let findings = found(.of(text, roots: ["t.in"]))
        #expect(findings.map(\.rule) == [.cycle, .cycle])
        #expect(
            findings.map { $0.message.split(separator: ";")[0] } == [
                "events go round: t.in → a → t.in", "events go round: t.one → b → t.one",
            ])
        // Heard by the same handler, but on another topic that does not lead back.
        #expect(rules(.of("a: t.in > t.one\na: t.one > t.two\na: t.two >", roots: ["t.in"])) == [])
    }

    @Test("payloads that do not fit are errors, those that may not fit warnings")
    func shapes() throws {
        let cast = Cast.of("a: t.in > t.out\nb: t.out >", roots: ["t.in"])
        func record(_ name: String, _ shape: Shape) -> Shape { .record([ShapeField(name, shape)]) }
        let missing = found(cast.with("t.out", sent: record("x", .boolean), expected: record("y", .boolean)))
        let finding = try #require(missing.first)
        #expect(finding.rule == .shape && finding.severity == .error && finding.field == "y")
        #expect(finding.handler == "b" && finding.topic == "t.out" && finding.line == 4)
        #expect(finding.message == "on 't.out' b requires 'y', which a never sends")
        let wide = found(
            cast.with(
                "t.out", sent: record("x", .integer(bits: 64, isSigned: true)),
                expected: record("x", .integer(bits: 8, isSigned: false))))
        #expect(wide.map(\.severity) == [.warning])
        #expect(
            wide.map(\.message) == [
                "on 't.out' a sends 'x' as an integer; b takes only an unsigned integer of 8 bits"
            ])
        #expect(found(cast.with("t.out", sent: record("x", .boolean), expected: record("x", .boolean))) == [])
    }

    @Test("two handlers of one name; two of different names")
    func duplicates() {
        var cast = Cast.of("a: t.in >\nb: t.in >", roots: ["t.in"])
        #expect(rules(cast) == [])
        cast.parts[1].declaration.handler = "a"
        let findings = found(cast)
        #expect(findings.map(\.rule) == [.duplicate])
        #expect(findings[0].line == 4 && findings[0].message.hasSuffix("here and on line 3"))
    }

    @Test("what the file accepts and is not there; what is")
    func stale() {
        let text = "a: t.in > t.out"
        let cast = Cast.of(text, roots: ["t.in", "t.im"], leaves: ["t.out", "t.off"], loops: ["t.in"])
        #expect(found(cast).map(\.rule) == [.stale, .stale, .stale])
        #expect(found(cast).map(\.topic) == ["t.im", "t.in", "t.off"])
        #expect(rules(.of(text, roots: ["t.in"], leaves: ["t.out"])) == [])
    }

    @Test("while programs are missing nothing is said of who hears whom")
    func partial() {
        var cast = Cast.of("a: t.in > t.out")
        #expect(rules(cast) == [.mute, .orphan])
        cast.isPartial = true
        #expect(rules(cast) == [])
    }

    @Test("messages of others are taken apart into place, what is wrong and what to do")
    func messages() {
        let finding = CastReader.finding(
            .program, "c/shop.yaml:7: handler 'a': there is no program 'x' on PATH; did you mean 'y'? Build it",
            "c/shop.yaml",
            "a")
        #expect(finding.line == 7 && finding.message == "there is no program 'x' on PATH; did you mean 'y'?")
        #expect(finding.advice == "Build it")
    }
}
