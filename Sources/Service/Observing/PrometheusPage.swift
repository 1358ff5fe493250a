/// Writes Prometheus' text format 0.0.4.
struct PrometheusPage {
  private(set) var text = ""
  private var name = ""

  /// Starts a metric; its samples follow.
  mutating func metric(_ name: String, _ type: String, _ help: String) {
    self.name = name
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  mutating func sample(_ labels: [(String, String)], _ value: Double, suffix: String = "") {
    text += name + suffix
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",") + "}"
    }
    let isWhole = value.rounded() == value && abs(value) < 1e15
    text += isWhole ? " \(Int(value))\n" : " \(value)\n"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
