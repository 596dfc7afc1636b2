internal import Fuzzing
internal import Glibc
internal import Testing
internal import TroupeTesting

@Suite struct FuzzTests {
    @Test(arguments: FuzzTargets.all.map(\.name))
    func `a decoder reads or refuses whatever it is fed`(name: String) throws {
        let target = try #require(FuzzTargets.named(name))
        let totals = FuzzDriver(target, seed: 1).run(0..<150)
        #expect(totals.finding == nil)
        // Else the mutations break too much, or nothing.
        #expect(totals.read > 0)
        #expect(totals.refused > 0 || name == "names")
    }

    @Test func `an input depends on target, seed and number alone`() throws {
        let target = try #require(FuzzTargets.named("replay-answer"))
        let inputs = (0..<50).map { target.input(seed: 3, number: $0) }
        #expect(inputs == (0..<50).map { target.input(seed: 3, number: $0) })
        #expect(Set(inputs).count > 40)
        #expect(target.input(seed: 4, number: 0) != inputs[0])
    }

    @Test(arguments: ["faulty-error", "faulty-round-trip"])
    func `a decoder that breaks a rule is found`(name: String) throws {
        let target = try #require(FuzzTargets.named(name))
        let finding = try #require(FuzzDriver(target, seed: 1).run(0..<5000).finding)
        #expect(FuzzDriver(target, seed: 1).run(finding.number..<finding.number + 1).finding != nil)
    }

    /// What ends the process is found by the process itself, with the number by which it happens again.
    @Test(arguments: [("faulty-trap", Int32(3)), ("faulty-hang", 4), ("faulty-swell", 1)])
    func `a decoder that traps, hangs or takes memory is found, and found again`(name: String, status: Int32)
        async throws
    {
        try await withProcessStage { stage in
            let arguments = ["--target", name, "--patience", "1"]
            let first = try await stage.run("fuzz", arguments + ["--runs", "5000"])
            // A sanitizer's allocator cannot be counted.
            if name == "faulty-swell", getenv("TROUPE_SANITIZER") != nil { return }
            #expect(first.status == .exited(status))
            let text = first.standardOutput + first.standardError
            let number = try #require(text.firstMatch(of: /scripts\/fuzz --target \S+ --seed 1 --at (\d+)/)?.1)
            let again = try await stage.run("fuzz", arguments + ["--at", String(number)])
            #expect(again.status == .exited(status), "\(again.standardOutput)\(again.standardError)")
        }
    }
}
