internal import TroupeCLI

@main enum Main {
    static func main() async { await TroupeProgram.main() }
}
