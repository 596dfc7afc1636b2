internal import Choreography
internal import Envelope
internal import Troupe

/// Who hears a topic in a home, as registrations, running handlers and a choreography file tell.
struct Audience {
    /// Whether somebody hears the topic, or the file says that nobody needs to.
    let isHeard: Bool
    /// `; did you mean 'y'?`, or nothing.
    let suggestion: String
    /// `nobody hears 'x'`, and what may have been meant.
    let complaint: String

    init(of topic: Topic, heard: Set<String>, leaves: Set<String> = [], roots: Set<String> = []) {
        isHeard = heard.contains(topic.text) || leaves.contains(topic.text)
        let known = heard.union(leaves).union(roots).subtracting([topic.text])
        suggestion = Nearest.to(topic.text, among: known.sorted()).map { "; did you mean '\($0)'?" } ?? ""
        complaint = "nobody hears '\(topic)'" + (roots.contains(topic.text) ? " yet" : suggestion)
    }

    /// What is known in a home; what cannot be read is not known. Without a file, that of the launcher that runs is taken.
    init(of topic: Topic, in home: Home, _ file: ChoreographyFile?) {
        var heard: Set<String> = []
        for registration in (try? RegistrationFolder(home: home).all()) ?? [] {
            heard.formUnion(registration.topics.keys.map(\.text))
        }
        let directory = DirectoryFolder(home: home)
        for publisher in (try? directory.publishers()) ?? [] {
            guard let record = (try? directory.live(publisher)) ?? nil else { continue }
            heard.formUnion(record.declaration.consumes.map(\.topic))
        }
        let file = file ?? LauncherFolder(home: home).file().flatMap { try? ChoreographyFile.read($0) }
        self.init(
            of: topic, heard: heard, leaves: Set((file?.leaves ?? []).map(\.value.text)),
            roots: Set((file?.roots ?? []).map(\.value.text)))
    }
}
