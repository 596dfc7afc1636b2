package import Choreography
internal import Envelope
package import Journal

/// Reads what the registered consumers of a publisher have heard of it, from their journals.
package enum ConsumerScan {
    /// Looks at the journals of a home.
    static func read(of publisher: PublisherID, home: Home, boot: BootID) throws -> ConsumerCursors {
        let disk = OSFileSystem()
        return read(
            of: publisher, home: home, boot: boot, registrations: try RegistrationFolder(home: home).all(),
            slots: try EngineError.mapping { try disk.list(home.journals) }.compactMap { try? PublisherID($0) },
            fileSystem: { _ in disk }, boots: { _ in boot })
    }

    /// What the given slots of registered handlers have heard.
    package static func read(
        of publisher: PublisherID, home: Home, boot: BootID, registrations: [Registration], slots: [PublisherID],
        fileSystem: (PublisherID) -> any FileSystem, boots: (PublisherID) -> BootID
    ) -> ConsumerCursors {
        var cursors = ConsumerCursors(of: publisher)
        let names = Set(registrations.map(\.handler))
        for slot in slots where slot != publisher && names.contains(slot.handler) {
            do {
                let reader = try FileEngineReader(slot, home: home, boot: boots(slot), fileSystem: fileSystem(slot))
                cursors.note(slot, try reader.foldToEnd().1)
            } catch let error as EngineError where error.code == .notFound {
                continue
            } catch {
                cursors.note(slot, unreadable: "\(error)")
            }
        }
        return cursors
    }
}
