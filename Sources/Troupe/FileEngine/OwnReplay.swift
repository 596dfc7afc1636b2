package import Choreography
internal import Envelope
package import Journal
internal import Synchronization

/// Answers other slots' replay requests from this slot's journal; on the disk thread.
package final class OwnReplay: Sendable {
    private let publisher: PublisherID
    private let home: Home
    private let boot: BootID
    private let fileSystem: any FileSystem
    private let state: @Sendable () -> SlotState

    package init(
        publisher: PublisherID, home: Home, boot: BootID, fileSystem: any FileSystem = OSFileSystem(),
        state: @escaping @Sendable () -> SlotState
    ) {
        self.publisher = publisher
        self.home = home
        self.boot = boot
        self.fileSystem = fileSystem
        self.state = state
    }

    /// The encoded answer. A damaged journal is answered explicitly.
    package func answer(_ request: ReplayRequest) -> [UInt8] {
        let state = state()
        do {
            let reader = try FileEngineReader(publisher, home: home, boot: boot, fileSystem: fileSystem)
            let page: ReplayPage
            do {
                page = try ReplaySource.answer(
                    request, publisher: publisher, state: state, isWhole: true, reader: reader)
            } catch  where request.token != nil {
                // A place that is none, or none any more, is no damage: what is wanted tells as well where to begin.
                let anew = ReplayRequest(id: request.id, wants: request.wants, token: nil, credit: request.credit)
                page = try ReplaySource.answer(anew, publisher: publisher, state: state, isWhole: true, reader: reader)
            }
            return ReplayCodec.encode(page, publisher: publisher)
        } catch {
            let page = ReplayPage(
                id: request.id, status: .corrupt, epoch: state.epoch, jumps: [], tips: [:], hasMore: false,
                token: EngineCursor(high: 0, low: 0), records: [])
            return ReplayCodec.encode(page, publisher: publisher)
        }
    }
}
