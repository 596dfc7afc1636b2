internal import Testing
internal import Troupe

@testable internal import TroupeCLI

@Suite("Map") struct MapTests {
    private func text(_ map: ChoreographyMap, _ width: Int = 100) -> String {
        MapText.lines(map, width: width, style: .plain).joined(separator: "\n")
    }

    @Test(
        "as it was found good, in every format and view", arguments: [ChoreographyMap.View.declared, .observed, .diff])
    func golden(_ view: ChoreographyMap.View) throws {
        let map = ChoreographyMap.shop(view)
        try Golden.expect(text(map), "shop-\(view).txt")
        try Golden.expect(MapDiagrams(map).mermaid(), "shop-\(view).mermaid")
        try Golden.expect(MapDiagrams(map).dot(), "shop-\(view).dot")
        try Golden.expect(MapSVG(map).text(), "shop-\(view).svg")
        try Golden.expect(map.json(), "shop-\(view).json")
        try Golden.expect(MapAsyncAPI(.shaped).json(), "shaped.asyncapi.json")
    }

    @Test("what goes round and what no flow leads to is drawn, too")
    func round() {
        let cast = Cast.of("a: t.in > t.one\nb: t.one > t.two t.end\nc: t.two > t.one\nd: t.alone >\ne: t.x > t.x")
        #expect(
            text(.of(cast)) == """
                test  5 handlers, 6 topics

                t.alone ─► d

                t.in ─► a ── t.one ─► b ─┬── t.end
                                         └── t.two ─► c ── t.one ↺

                t.x ─► e ── t.x ↺

                ↺ goes round
                """)
    }

    @Test("a topic that several say is followed once")
    func once() {
        let cast = Cast.of("a: t.in > t.left t.right\nb: t.left > t.both\nc: t.right > t.both\nd: t.both > t.end")
        #expect(
            text(.of(cast)) == """
                test  4 handlers, 5 topics

                t.in ─► a ─┬── t.left ─► b ── t.both ─► d ── t.end
                           └── t.right ─► c ── t.both …

                … drawn once, elsewhere
                """)
    }

    @Test("what is observed without any declaration is drawn from what was said and heard")
    func undeclared() {
        var seen = Observation()
        seen.said = [nil: ["t.in": .init(count: 3)], "a": ["t.out": .init(count: 2)]]
        seen.heard = ["a": ["t.in": .init(traffic: .init(count: 2), behind: 1)]]
        seen.handlers = ["a": .init(isRunning: true)]
        let map = ChoreographyMap(Cast(choreography: "test", file: "", parts: []), seen, view: .observed)
        #expect(
            text(map) == """
                test  1 handler, 2 topics · observed

                t.in (3) ─► a (1 behind) ── t.out (2)
                """)
    }

    @Test("a map that differs in nothing says so")
    func same() {
        let cast = Cast.of("a: t.in >", roots: ["t.in"])
        var seen = Observation()
        seen.said = [nil: ["t.in": .init(count: 1)]]
        seen.heard = ["a": ["t.in": .init(traffic: .init(count: 1))]]
        #expect(
            text(ChoreographyMap(cast, seen, view: .diff)).hasSuffix(
                "everything that is declared was seen, and nothing else"))
    }

    @Test("around one handler: whom it hears and who hears it")
    func around() {
        #expect(
            text(ChoreographyMap.of(.shop).around("delivery")) == """
                test  3 handlers, 4 topics

                payment ── shop.payment.authorized ─► delivery ── shop.delivery.scheduled ─► notification

                payment ── shop.payment.voided ─► delivery ── shop.delivery.cancelled
                """)
    }

    @Test("a hundred handlers: each topic followed once, within the width", .timeLimit(.minutes(1)))
    func hundred() throws {
        let map = ChoreographyMap.hundred
        #expect(map.handlers.count == 100 && map.topics.count == 110)
        let lines = MapText.lines(map, width: 100, style: .plain)
        #expect(lines.count < 250 && lines.allSatisfy { $0.count <= 100 })
        for handler in map.handlers {
            let count = lines.count { $0.contains("─► \(handler.name) ") || $0.hasSuffix("─► \(handler.name)") }
            #expect(count == 1, "\(handler.name)")
        }
        #expect(MapText.lines(map, width: 40, style: .plain).count < 500)
        let picture = MapSVG(map).text()
        #expect(picture.count { $0 == "\n" } > 400)
    }

    @Test("no box of a picture lies on another, and no line passes through one")
    func picture() throws {
        for map in [ChoreographyMap.shop(.diff), .hundred] {
            let layout = MapLayout(map)
            #expect(Set(layout.columns.joined()).count == layout.columns.joined().count)
            for link in layout.links {
                let path = [link.from] + link.bends + [link.to]
                let places = path.map { item in layout.columns.firstIndex { $0.contains(item) }! }
                // One column further with each step: what is between is passed by a bend.
                #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 == (link.isBackward ? -1 : 1) })
            }
        }
    }

    @Test("Mermaid: nodes and links as its flowcharts have them")
    func mermaid() throws {
        let node = #/  (outside\(\(" "\)\)|h[0-9]+\["[^"]*"\]|t[0-9]+\(\["[^"]*"\]\))/#
        let link = #/  (outside|[ht][0-9]+) (-->|-\.->)(\|"[^"]*"\|)? [ht][0-9]+/#
        let look =
            #/  (classDef handler [a-z:#0-9,]+|class h[0-9]+(,h[0-9]+)* handler|linkStyle [0-9,]+ [a-z:#0-9,-]+)/#
        for map in [ChoreographyMap.shop(.declared), .shop(.observed), .shop(.diff), .hundred] {
            let lines = MapDiagrams(map).mermaid().split(separator: "\n")
            #expect(lines[0] == "flowchart LR")
            for line in lines.dropFirst() {
                #expect(
                    try node.wholeMatch(in: line) != nil || link.wholeMatch(in: line) != nil
                        || look.wholeMatch(in: line) != nil, "\(line)")
            }
        }
    }
}
