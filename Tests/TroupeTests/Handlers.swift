internal import Synchronization
internal import Troupe

struct Number: EventPayload, Equatable {
    static let topic = "test.number"
    var value: Int
}

struct Doubled: EventPayload, Equatable {
    static let topic = "test.doubled"
    var value: Int
}

struct Tripled: EventPayload, Equatable {
    static let topic = "test.tripled"
    var value: Int
}

struct Doubler: Handler {
    let name = "doubler"
    var reactions: some Reactions {
        On(Number.self) { number, context in try context.emit(Doubled(value: number.value * 2)) }
            .emits(Doubled.self)
    }
}

/// Asynchronous, so that both kinds of reaction are run everywhere.
struct Tripler: Handler {
    let name = "tripler"
    var reactions: some Reactions {
        On(Doubled.self) { number, context in
            await Task.yield()
            try context.emit(Tripled(value: number.value * 3))
        }
        .emits(Tripled.self)
    }
}

struct Stumbled: Error {}

/// Throws at the first attempts; says at which one it did not.
struct Stumbler: Handler {
    let name = "stumbler"
    let failures: Int
    var reactions: some Reactions {
        On(Number.self) { _, context in
            guard context.attempt > failures else { throw Stumbled() }
            try context.emit(Doubled(value: context.attempt))
        }
        .emits(Doubled.self)
    }
}

/// Answers every event with another of its kind.
struct Echo: Handler {
    let name = "echo"
    var reactions: some Reactions {
        On(Number.self) { number, context in try context.emit(number) }.emits(Number.self)
    }
}

struct Carrier: Handler {
    let name = "carrier"
    var reactions: some Reactions {
        On(Number.self) { number, context in
            context.carry("carried", "yes")
            try context.emit(Doubled(value: number.value))
        }
        .emits(Doubled.self)
    }
}
