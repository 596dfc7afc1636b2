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
        On(FailingJob.self) { job, handling in
            guard handling.attempt > job.failures else {
                mishaps.increment()
                throw Mishap(description: "mishap \(handling.attempt) of \(job.failures)")
            }
            try handling.emit(JobDone(number: job.failures, attempt: handling.attempt))
        }
        .emits(JobDone.self)
        On(DeadlyJob.self) { job, handling in
            let tally = open(job.tally, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            var status = stat()
            fstat(tally, &status)
            guard Int(status.st_size) >= job.deaths else {
                write(tally, "x", 1)
                kill(getpid(), SIGKILL)
                while true { pause() }
            }
            close(tally)
            try handling.emit(JobDone(number: job.deaths, attempt: handling.attempt))
        }
        .emits(JobDone.self)
        On(UndeclaredJob.self) { _, handling in
            try handling.emit(topic: "test.surprise", data: Array("{}".utf8))
        }
        .emits(JobDone.self)
        On(StrayJob.self) { _, handling in
            await withTaskGroup(of: Void.self) { group in
                // Swallowed on purpose: the attempt fails all the same.
                group.addTask { try? handling.emit(JobDone(number: 0, attempt: handling.attempt)) }
            }
        }
        .emits(JobDone.self)
        On(LaterJob.self) { job, handling in
            try await Task.sleep(for: .milliseconds(2))
            try handling.emit(JobDone(number: job.number, attempt: handling.attempt))
        }
        .emits(JobDone.self)
        On(HeldJob.self) { job, handling in
            if let gate = job.gate {
                close(open(gate + ".begun", O_WRONLY | O_CREAT, 0o600))
                while access(gate, F_OK) != 0 { usleep(1000) }
            }
            try handling.emit(JobDone(number: job.number, attempt: handling.attempt))
        }
        .emits(JobDone.self)
        On(FatJob.self) { job, handling in
            let part = FatPart(text: String(repeating: "x", count: 60_000))
            for _ in 0..<job.count { try handling.emit(part) }
        }
        .emits(FatPart.self)
        On(RoundJob.self) { job, handling in
            try handling.emit(RoundJob(number: job.number + 1))
        }
        .emits(RoundJob.self)
    }
}
