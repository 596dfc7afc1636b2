internal import Glibc
internal import Troupe

/// A handler that leaves a line in a file for each event before it answers, to be killed at any moment.
///
/// `--set role=NAME` names it, `--set effects=FILE` says where its lines go. See `scripts/torture`.
@main enum TortureHandler {
    static func main() async {
        // The name of a handler belongs to its type, so the role chooses the type before anything else is read.
        switch CommandLine.arguments.first(where: { $0.hasPrefix("role=") })?.dropFirst(5) {
        case "head": await HandlerProcess.main(Relay<Head>.init(settings:))
        case "fork": await HandlerProcess.main(Relay<Fork>.init(settings:))
        case "left": await HandlerProcess.main(Relay<Left>.init(settings:))
        case "right": await HandlerProcess.main(Relay<Right>.init(settings:))
        case "tail": await HandlerProcess.main(Relay<Tail>.init(settings:))
        default:
            print("torture-handler: --set role= takes head, fork, left, right or tail")
            exit(64)
        }
    }
}
