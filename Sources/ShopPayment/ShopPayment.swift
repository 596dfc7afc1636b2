internal import ShopHandlers
internal import Troupe

@main enum ShopPayment {
    static func main() async { await HandlerProcess.main(Payment.init(settings:)) }
}
