internal import Testing
internal import TroupeTesting

extension MultiProcess {
    @Suite("Waiting for a flow") struct Awaiting {
        @Test("a handler that does not run: status 2, naming what is outstanding and on whom", .timeLimit(.minutes(4)))
        func notRunning() async throws {
            try await withProcessStage { stage in
                let handles = try await stage.startShop()
                handles[2].terminate()
                try await handles[2].waitForExit()
                let output = try await stage.publish("shop.order.placed", order(), "--await", "--timeout", "1500ms")
                #expect(output.status == .exited(2), "\(output)")
                #expect(output.standardError.contains("not settled within 1500ms"), "\(output)")
                #expect(
                    output.standardError.contains(
                        "outstanding: shop.order.accepted on stock (not running): not heard yet"),
                    "\(output)")
                #expect(!output.standardError.contains("on payment"), "\(output)")

                let many = try await stage.publish(
                    "shop.order.placed", "-", "--lines", "--await", "--timeout", "1500ms", input: orders(0..<30))
                #expect(many.status == .exited(2), "\(many)")
                #expect(many.standardOutput.contains("0 of 30 flows settled"), "\(many)")
                #expect(many.standardError.contains("on stock (not running)"), "\(many)")
                #expect(many.standardError.contains("… and 10 more"), "\(many)")
            }
        }

        @Test("a halted handler counts as running", .timeLimit(.minutes(4)))
        func halted() async throws {
            try await withProcessStage { stage in
                let handles = try await stage.startShop()
                handles[0].pause()
                let output = try await stage.publish("shop.order.placed", order(), "--await", "--timeout", "500ms")
                #expect(output.status == .exited(2), "\(output)")
                #expect(
                    output.standardError.contains("outstanding: shop.order.placed on order (running): not heard yet"),
                    "\(output)")
            }
        }

        @Test("retries that succeed settle, and the trace counts the attempts", .timeLimit(.minutes(4)))
        func retries() async throws {
            try await withProcessStage { stage in
                try stage.start("test-handlers")
                try await stage.hears("clumsy")
                let output = try await stage.publish(
                    "test.failing.asked", #"{"failures":2}"#, "--await", "--timeout", "50s")
                #expect(output.status == .exited(0), "\(output)")
                let trace = try await stage.trace(output.flow())
                #expect(trace.failures == 0)
                #expect(trace.steps.map(\.topic) == ["test.failing.asked", "test.job.done"])
                #expect(trace.steps[0].heardBy.map(\.attempts) == [3])
            }
        }

        @Test("a retry that is not due yet is named with its error", .timeLimit(.minutes(4)))
        func retrying() async throws {
            try await withProcessStage { stage in
                try stage.start("test-handlers", "--attempts", "20")
                try await stage.hears("clumsy")
                let output = try await stage.publish(
                    "test.failing.asked", #"{"failures":19}"#, "--await", "--timeout", "1s")
                #expect(output.status == .exited(2), "\(output)")
                #expect(output.standardError.contains("on clumsy (running): attempt"), "\(output)")
                #expect(output.standardError.contains("mishap"), "\(output)")
            }
        }

        @Test(
            "a dead letter settles with failure: status 1, with its error", .timeLimit(.minutes(4)),
            arguments: [
                ("test.failing.asked", #"{"failures":9}"#, "mishap 2 of 9", 2),
                ("test.failing.asked", #"{"failures":"many"}"#, "failures: expected a number, found a string", 1),
                ("test.failing.asked", "7", "is no FailingJob", 1),
                ("test.undeclared.asked", "{}", "'test.surprise' is not among what this reaction declares", 1),
                ("test.stray.asked", "{}", "was emitted after the reaction returned or from a child task", 1),
            ] as [(String, String, String, UInt32)])
        func deadLetter(_ topic: String, _ data: String, _ reason: String, _ attempts: UInt32) async throws {
            try await withProcessStage { stage in
                try stage.start("test-handlers", "--attempts", "2")
                try await stage.hears("clumsy")
                let output = try await stage.publish(topic, data, "--no-check", "--await", "--timeout", "50s")
                #expect(output.status == .exited(1), "\(output)")
                #expect(output.standardOutput.contains("settled, 1 dead letter"), "\(output)")
                #expect(output.standardOutput.contains(reason), "\(output)")
                let trace = try await stage.trace(output.flow())
                #expect(trace.isSettled)
                #expect(trace.failures == 1)
                #expect(trace.steps.map(\.topic) == [topic])
                #expect(trace.steps[0].heardBy.map(\.outcome) == ["dead"])
                #expect(trace.steps[0].heardBy.map(\.attempts) == [attempts])
            }
        }

        @Test("a loop ends at the hop limit, and says how it went round", .timeLimit(.minutes(4)))
        func loop() async throws {
            try await withProcessStage { stage in
                try stage.start("test-handlers")
                try await stage.hears("clumsy")
                let output = try await stage.publish(
                    "test.round.asked", #"{"number":0}"#, "--await", "--timeout", "50s")
                #expect(output.status == .exited(1), "\(output)")
                #expect(output.standardOutput.contains("over the hop limit of 64"), "\(output)")
                #expect(output.standardOutput.contains("clumsy → clumsy"), "\(output)")
                let census = try Census(stage)
                #expect(census.said["test.round.asked"] == 65)
                #expect(census.dead == 1)
                census.expectExact()
            }
        }

        @Test("tasks that suspend: 500 events, each once, in order", .timeLimit(.minutes(4)))
        func suspending() async throws {
            try await withProcessStage { stage in
                try stage.start("test-handlers")
                try await stage.hears("clumsy")
                let lines = Array((0..<500).map { #"{"number":\#($0)}"# + "\n" }.joined().utf8)
                let output = try await stage.publish(
                    "test.later.asked", "-", "--lines", "--await", "--timeout", "50s", input: lines)
                #expect(output.status == .exited(0), "\(output)")
                let census = try Census(stage)
                #expect(census.said == ["test.later.asked": 500, "test.job.done": 500])
                census.expectExact()
            }
        }

        @Test("one handler's dead letters do not stop the others of a stream", .timeLimit(.minutes(4)))
        func deadLettersInAStream() async throws {
            try await withProcessStage { stage in
                try stage.start("test-handlers", "--attempts", "2")
                try await stage.hears("clumsy")
                let lines = Array((0..<200).map { #"{"failures":\#($0 % 4)}"# + "\n" }.joined().utf8)
                let output = try await stage.publish(
                    "test.failing.asked", "-", "--lines", "--await", "--timeout", "50s", input: lines)
                #expect(output.status == .exited(1), "\(output)")
                #expect(output.standardOutput.contains("200 of 200 flows settled, 100 with failures"), "\(output)")
                let census = try Census(stage)
                #expect(census.said == ["test.failing.asked": 200, "test.job.done": 100])
                #expect(census.dead == 100)
            }
        }
    }
}
