internal import Testing
internal import Troupe

@testable internal import TroupeCLI

@Suite("What check prints") struct CheckReportTests {
    private var report: CheckReport {
        let cast = Cast.of("a: t.in > t.out\nb: t.out > t.end", roots: ["t.in"])
            .with(
                "t.out", sent: .record([]), expected: .record([ShapeField("x", .boolean)]))
        return CheckReport(choreography: "test", file: "c/test.yaml", cast: cast, findings: Check(cast).findings())
    }

    @Test("for people")
    func text() {
        #expect(
            report.lines(style: .plain).joined(separator: "\n") == """
                test.yaml:4: warning: orphan: nobody hears 't.end', which b emits
                    → let a handler consume it, or name it under 'leaves' if flows may end there
                test.yaml:4: error: shape: on 't.out' b requires 'x', which a never sends
                    → let a send it, or make it optional in b
                test: 2 handlers, 3 topics · 1 error, 1 warning
                """)
        let clean = CheckReport(choreography: "shop", file: "shop.yaml", cast: .shop, findings: [])
        #expect(clean.lines(style: .plain) == ["shop: 5 handlers, 13 topics · nothing to mend"])
    }

    @Test("for programs: every key, null where nothing is known")
    func json() throws {
        #expect(
            try report.json() == """
                {
                  "choreography" : "test",
                  "errors" : 1,
                  "file" : "c/test.yaml",
                  "findings" : [
                    {
                      "advice" : "let a handler consume it, or name it under 'leaves' if flows may end there",
                      "field" : null,
                      "file" : "test.yaml",
                      "handler" : "b",
                      "line" : 4,
                      "message" : "nobody hears 't.end', which b emits",
                      "rule" : "orphan",
                      "severity" : "warning",
                      "topic" : "t.end"
                    },
                    {
                      "advice" : "let a send it, or make it optional in b",
                      "field" : "x",
                      "file" : "test.yaml",
                      "handler" : "b",
                      "line" : 4,
                      "message" : "on 't.out' b requires 'x', which a never sends",
                      "rule" : "shape",
                      "severity" : "error",
                      "topic" : "t.out"
                    }
                  ],
                  "handlers" : 2,
                  "topics" : 3,
                  "warnings" : 1
                }
                """)
    }

    @Test("for GitHub Actions, with what means something there escaped")
    func github() {
        #expect(
            report.annotations() == [
                "::warning file=test.yaml,line=4,title=troupe check%3A orphan::nobody hears 't.end', which b emits:"
                    + " let a handler consume it, or name it under 'leaves' if flows may end there",
                "::error file=test.yaml,line=4,title=troupe check%3A shape::on 't.out' b requires 'x', which a never"
                    + " sends: let a send it, or make it optional in b",
            ])
        var odd = report
        odd.findings = [odd.findings[0]]
        odd.findings[0].file = "a,b:c%.yaml"
        odd.findings[0].message = "50 %\nof it"
        #expect(odd.annotations()[0].hasPrefix("::warning file=a%2Cb%3Ac%25.yaml,line=4,"))
        #expect(odd.annotations()[0].contains("::50 %25%0Aof it: "))
    }
}
