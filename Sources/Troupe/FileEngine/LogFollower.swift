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
        try catchUp()
        return try ReplaySource.answer(request, publisher: publisher, state: state, reader: reader)
    }

    /// The state at the released end.
    func current() throws -> SlotState {
        try catchUp()
        return state
    }

    private func catchUp() throws {
        try reader.fold(&state, from: &place)
    }
}
