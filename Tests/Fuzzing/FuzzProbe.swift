/// What a process can tell a driver about itself, and be told; a test in a process of its own kind has none of it.
package struct FuzzProbe {
    /// Notes the input that runs now, for whoever finds the process dead.
    var note: (_ number: UInt64) -> Void
    /// Begins to measure the heap.
    var begin: () -> Void
    /// The most bytes since; nil where nobody counts.
    var peak: () -> UInt64?

    package init(
        note: @escaping (_ number: UInt64) -> Void, begin: @escaping () -> Void, peak: @escaping () -> UInt64?
    ) {
        self.note = note
        self.begin = begin
        self.peak = peak
    }

    package static var none: FuzzProbe { FuzzProbe(note: { _ in }, begin: {}, peak: { nil }) }
}
