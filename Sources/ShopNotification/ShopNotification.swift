internal import ShopHandlers
internal import Troupe

@main enum ShopNotification {
    static func main() async { await HandlerProcess.main(Notification.init(settings:)) }
}
