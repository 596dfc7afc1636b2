/// What was found where an entry should be.
enum ParsedEntry {
    case entry(EntryView)
    case flaw(EntryFlaw)
}
