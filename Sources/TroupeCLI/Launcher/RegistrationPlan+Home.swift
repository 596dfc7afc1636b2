internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

extension RegistrationPlan {
    /// Registers, durably, what some handlers consume. The launcher's lock is held.
    static func write(_ plans: [LaunchPlan], file: ChoreographyFile, home: Home) throws {
        let folder = LauncherFolder(home: home)
        let registrations = RegistrationFolder(home: home)
        let isFirstUp = try folder.isFirstUp()
        let known = try Dictionary(uniqueKeysWithValues: registrations.all().map { ($0.handler, $0) })
        let plan = RegistrationPlan(file: file, known: known, isFirstUp: isFirstUp)
        let changes = try plan.changes(plans) { topics in
            let boot = try BootID.current()
            return try TopicTips.read(topics, of: DirectoryFolder(home: home).publishers()) {
                try FileEngineReader($0, home: home, boot: boot)
            }
        }
        // A first `up` that is killed here goes on as a first `up`.
        if isFirstUp { try folder.noteFirstUp(isComplete: false) }
        for change in changes { try registrations.write(change) }
        for plan in plans { DescriptionShelf(home: home).put(plan.spec.name, plan.described, plan.declaration) }
        let registered = Set(known.keys).union(plans.map(\.spec.name))
        if isFirstUp, file.handlers.allSatisfy({ registered.contains($0.name) }) {
            try folder.noteFirstUp(isComplete: true)
        }
    }
}
