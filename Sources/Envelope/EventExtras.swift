/// What few events carry; kept apart so that the common event stays small.
struct EventExtras: Hashable, Sendable {
    var causes: [EventID]?
    var source: String?
    var foreignID: String?
    var subject: String?
    var dataContentType: String?
    var dataSchema: String?
    var partitionKey: String?
    var traceState: String?
    var dataRef: String?
    var expiryTime: Timestamp?
    var notBefore: Timestamp?
    var extensions: [String: ExtensionValue] = [:]

    var isEmpty: Bool {
        causes == nil && source == nil && foreignID == nil && subject == nil && dataContentType == nil
            && dataSchema == nil && partitionKey == nil && traceState == nil && dataRef == nil && expiryTime == nil
            && notBefore == nil && extensions.isEmpty
    }
}
