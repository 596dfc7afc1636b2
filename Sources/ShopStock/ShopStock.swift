internal import ShopHandlers
internal import Troupe

@main enum ShopStock {
    static func main() async { await HandlerProcess.main(Stock.init(settings:)) }
}
