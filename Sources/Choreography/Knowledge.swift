package import Envelope

/// One change to what a slot knows, in an entry's `knows` section.
package enum Knowledge: Hashable, Sendable {
    /// Set an event aside, or set it aside again with a new due time.
    case park(Park)
    /// A parked event is done with.
    case unpark(Position)
    /// Gave up on an event.
    case dead(DeadLetter)
    /// A dead letter was dropped, or taken up again by a park in the same entry.
    case undead(Position)
    /// A cursor was set without hearing: a start position, or a publisher that trimmed what lay before.
    case cursor(StreamID, epoch: UInt64, low: UInt64)
    /// A publisher lost what lies above `low` on a stream: what was heard there counts no more.
    case lost(StreamID, epoch: UInt64, low: UInt64)
    /// The first entry of an epoch: each topic's first sequence in it.
    case epoch(UInt64, firsts: [Topic: UInt64])
    /// Epochs older than this one are forgotten, but for the newest: no registered cursor is of an earlier one.
    case forgot(before: UInt64)
    /// An event is about to be handled by itself, since processes ended that may have had it in hand: for the `count`th
    /// time since it was last done with. Hearing, parking or unparking it ends that.
    case trying(Position, count: UInt32)
    /// The last entry of a process that ended in order, with nothing in hand.
    case closed
    /// The first entry of a process after one that ended in order: should it end before its next, that was not in order.
    case opened
    /// How long handling took, in microseconds: the positions that items conclude, then the heard ones; or one sum.
    case took([UInt32])
}
