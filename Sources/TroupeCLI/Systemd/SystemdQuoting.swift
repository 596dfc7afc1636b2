/// Text as unit files want it (systemd.syntax(7), systemd.service(5) "Command lines").
enum SystemdQuoting {
    /// A word of a command line: specifiers and variables are not expanded in it.
    static func argument(_ text: String) -> String {
        quoted(text).replacing("%", with: "%%").replacing("$", with: "$$")
    }

    /// A word of another setting: specifiers are not expanded in it.
    static func word(_ text: String) -> String { quoted(text).replacing("%", with: "%%") }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
