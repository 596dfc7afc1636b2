package import Choreography
internal import Envelope
package import Journal

/// Answers replay requests from the journal of a publisher at rest. Used on the disk thread only.
package final class LogFollower {
    private let publisher: PublisherID
    private let reader: FileEngineReader
    private var state: SlotState
    private var place: EngineCursor

    package init(
        _ publisher: PublisherID, home: Home, boot: BootID, fileSystem: any FileSystem = OSFileSystem()
    ) throws {
        self.publisher = publisher
        reader = try FileEngineReader(publisher, home: home, boot: boot, fileSystem: fileSystem)
        (place, state) = try reader.checkpoint()
    }

    package func answer(_ request: ReplayRequest) throws -> ReplayPage {
        var request = request
        // The place at which the last page ended is none of another journal.
        if try !catchUp() { request.token = nil }
        return try ReplaySource.answer(
            request, publisher: publisher, state: state, isWhole: reader.isWhole(at: place), reader: reader)
    }

    /// The state at the released end.
    func current() throws -> SlotState {
        _ = try catchUp()
        return state
    }

    /// Returns whether the journal goes on where it was read before.
    private func catchUp() throws -> Bool {
        // One that is shorter now, or in an epoch that this knows nothing of, is not the one that was read so far.
        let goesOn = try reader.goesOn(from: place, in: state.epoch)
        if !goesOn { (place, state) = try reader.checkpoint() }
        try reader.fold(&state, from: &place)
        return goesOn
    }
}
