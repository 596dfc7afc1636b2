internal import Choreography
internal import Envelope
internal import Troupe

extension Process {
    /// Somebody asks for some of the dead letters to be retried or dropped, now and then for one that is none.
    func request() {
        guard plan.kind == .handler, !isDead else { return }
        let letters = core.state.deadLetters.keys.sorted().filter { _ in world.random.chance(600) }
        guard !letters.isEmpty else { return }
        let verb: DeadLetterRequest.Verb = world.random.chance(700) ? .retry : .drop
        world.totals.requests += 1
        world.tell(name, "is asked to \(verb) \(letters)")
        let flows = letters.compactMap { node.heardIDs[$0]?.flow }
        // A flow that was settled with a failure is open again.
        world.claims.removeAll { flows.contains($0.flow) }
        let draft = core.carryOut(DeadLetterRequest(id: 1, verb: verb, positions: letters), now: handlerNow())
        let ticket = takeTicket()
        world.after(Int64(world.random.between(0...5000))) { [self] in
            append(Draft(draft, count: 0, then: .nothing), ticket)
            pump()
        }
    }
}
