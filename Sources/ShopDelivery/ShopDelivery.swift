internal import ShopHandlers
internal import Troupe

@main enum ShopDelivery {
    static func main() async { await HandlerProcess.main(Delivery.init(settings:)) }
}
