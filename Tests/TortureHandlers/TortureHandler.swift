internal import Troupe

/// A handler that leaves a line in a file for each event before it answers, to be killed at any moment.
///
/// `--set role=NAME` names it, `--set effects=FILE` says where its lines go. See `scripts/torture`.
@main enum TortureHandler {
    static func main() async { await HandlerProcess.main(Relay.init(settings:)) }
}
