import Rewards

/// Flat JSON objects of numbers, written in order and read in order.
///
/// Numbers are written with the fewest digits that read back to the same bits; a non-finite number is written
/// as null (strict readers fail on NaN) and read as NaN.
enum MetricsJSON {
  static func text(_ metrics: Metrics) -> String { "{" + pairs(metrics).joined(separator: ", ") + "}" }

  /// One line of `metrics.jsonl`, with its newline.
  static func line(step: Int, time: Double, metrics: Metrics) -> String {
    let head = ["\"step\": \(step)", "\"time\": \(number(time))"]
    return "{" + (head + pairs(metrics)).joined(separator: ", ") + "}\n"
  }

  static func number(_ value: Double) -> String { JSONValue.number(value).jsonText }

  /// The metrics in `text` as ``text(_:)`` wrote them; nil when it is no flat object of numbers and nulls.
  static func parse(_ text: String) -> Metrics? {
    guard case .object(let object)? = try? JSONValue(json: text) else { return nil }
    var metrics = Metrics()
    for (name, value) in zip(object.keys, object.values) {
      switch value {
      case .null: metrics[name] = .nan
      case .integer(let number): metrics[name] = Double(number)
      case .number(let number): metrics[name] = number
      default: return nil
      }
    }
    return metrics
  }

  private static func pairs(_ metrics: Metrics) -> [String] {
    metrics.pairs.map { "\(JSONValue.string($0.name).jsonText): \(number($0.value))" }
  }
}
