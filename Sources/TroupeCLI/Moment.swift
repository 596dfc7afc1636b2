internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Troupe

/// A time as people write it: a span before now (`10m`), or RFC 3339.
struct Moment: ExpressibleByArgument {
    let time: Timestamp

    init?(argument: String) {
        if let span = TimeSpan(argument: argument) {
            time = WallClock.now() + -span.microseconds
        } else if let time = try? Timestamp(argument) {
            self.time = time
        } else {
            return nil
        }
    }
}
