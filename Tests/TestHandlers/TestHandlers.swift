internal import Troupe

@main enum TestHandlers {
    static func main() async { await HandlerProcess.main { _ in Clumsy() } }
}
