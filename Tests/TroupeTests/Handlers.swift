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
        On(Number.self) { number, handling in try handling.emit(Doubled(value: number.value * 2)) }
            .emits(Doubled.self)
    }
}

/// Asynchronous, so that both kinds of reaction are run everywhere.
struct Tripler: Handler {
    let name = "tripler"
    var reactions: some Reactions {
        On(Doubled.self) { number, handling in
            await Task.yield()
            try handling.emit(Tripled(value: number.value * 3))
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
        On(Number.self) { _, handling in
            guard handling.attempt > failures else { throw Stumbled() }
            try handling.emit(Doubled(value: handling.attempt))
        }
        .emits(Doubled.self)
    }
}

/// Answers every event with another of its kind.
struct Echo: Handler {
    let name = "echo"
    var reactions: some Reactions {
        On(Number.self) { number, handling in try handling.emit(number) }.emits(Number.self)
    }
}

struct Carrier: Handler {
    let name = "carrier"
    var reactions: some Reactions {
        On(Number.self) { number, handling in
            handling.carry("carried", "yes")
            try handling.emit(Doubled(value: number.value))
        }
        .emits(Doubled.self)
    }
}
