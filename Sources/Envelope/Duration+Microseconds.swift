extension Duration {
    /// Whole microseconds, as far as 64 bits hold them.
    package var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (micros, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !isOver else { return seconds < 0 ? .min : .max }
        let (sum, isSumOver) = micros.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return isSumOver ? (seconds < 0 ? .min : .max) : sum
    }
}
