internal import Testing

/// Real processes, one test at a time: they share two cores, and some fill them.
@Suite("Several processes", .serialized)
struct MultiProcess {}
