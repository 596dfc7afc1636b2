/// The version of Troupe: the program, the library and the formats that they write.
enum TroupeVersion {
    static let text = "0.1.0"
}
