internal import CoreMetrics
internal import Glibc
internal import Troupe

/// A handler that does what handlers should not, for tests.
struct Clumsy: Handler {
    let name = "clumsy"
    /// The author's own metric.
    private let mishaps = Counter(label: "clumsy.mishaps")

    struct Mishap: Error, CustomStringConvertible {
        let description: String
    }

    var reactions: some Reactions {
        On(FailingJob.self) { job, context in
            guard context.attempt > job.failures else {
                mishaps.increment()
                throw Mishap(description: "mishap \(context.attempt) of \(job.failures)")
            }
            try context.emit(JobDone(number: job.failures, attempt: context.attempt))
        }
        .emits(JobDone.self)
        On(DeadlyJob.self) { job, context in
            let tally = open(job.tally, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            var status = stat()
            fstat(tally, &status)
            guard Int(status.st_size) >= job.deaths else {
                write(tally, "x", 1)
                kill(getpid(), SIGKILL)
                while true { pause() }
            }
            close(tally)
            try context.emit(JobDone(number: job.deaths, attempt: context.attempt))
        }
        .emits(JobDone.self)
        On(UndeclaredJob.self) { _, context in
            try context.emit(topic: "test.surprise", data: Array("{}".utf8))
        }
        .emits(JobDone.self)
        On(StrayJob.self) { _, context in
            await withTaskGroup(of: Void.self) { group in
                // Swallowed on purpose: the attempt fails all the same.
                group.addTask { try? context.emit(JobDone(number: 0, attempt: context.attempt)) }
            }
        }
        .emits(JobDone.self)
        On(LaterJob.self) { job, context in
            try await Task.sleep(for: .milliseconds(2))
            try context.emit(JobDone(number: job.number, attempt: context.attempt))
        }
        .emits(JobDone.self)
        On(HeldJob.self) { job, context in
            if let gate = job.gate {
                close(open(gate + ".begun", O_WRONLY | O_CREAT, 0o600))
                while access(gate, F_OK) != 0 { usleep(1000) }
            }
            try context.emit(JobDone(number: job.number, attempt: context.attempt))
        }
        .emits(JobDone.self)
        On(FatJob.self) { job, context in
            let part = FatPart(text: String(repeating: "x", count: 60_000))
            for _ in 0..<job.count { try context.emit(part) }
        }
        .emits(FatPart.self)
        On(RoundJob.self) { job, context in
            try context.emit(RoundJob(number: job.number + 1))
        }
        .emits(RoundJob.self)
    }
}
