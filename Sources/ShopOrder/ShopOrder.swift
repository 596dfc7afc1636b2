internal import ShopHandlers
internal import Troupe

@main enum ShopOrder {
    static func main() async { await HandlerProcess.main(Order.init(settings:)) }
}
