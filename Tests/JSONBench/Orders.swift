/// A flat order of 137 bytes.
struct Order: Codable, Hashable {
    var orderID = "A-1000042"
    var customer = "C-7731"
    var sku = "tea-earl-grey-100g"
    var quantity = 2
    var total = 1980
    var currency = "EUR"
    var isGift = false
    var days = 4
}

/// An order of 137 bytes with objects and an array within it.
struct NestedOrder: Codable, Hashable {
    struct Customer: Codable, Hashable {
        var name = "Ada"
        var city: String? = "Rome"
    }

    struct Item: Codable, Hashable {
        var sku: String
        var price: Double
    }

    var orderID = "A-1042"
    var customer = Customer()
    var items = [Item(sku: "tea", price: 9.5), Item(sku: "jam", price: 4.25)]
    var total = 13.75
}
