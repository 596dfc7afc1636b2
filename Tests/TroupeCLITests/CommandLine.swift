internal import Testing

/// What people mistype and mislay: a message that says what to do, a status, and nothing half-started.
@Suite("The command line", .serialized)
struct CommandLineTests {}
