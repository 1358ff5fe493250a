import Foundation

/// Flat JSON objects of numbers, written in order and read in order.
///
/// Numbers are written with the fewest digits that read back to the same bits; a non-finite number is written
/// as null (strict readers fail on NaN) and read as NaN.
enum MetricsJSON {
  static func text(_ metrics: Metrics) -> String {
    "{" + metrics.pairs.map { "\(string($0.name)): \(number($0.value))" }.joined(separator: ", ") + "}"
  }

  /// One line of `metrics.jsonl`, with its newline.
  static func line(step: Int, time: Double, metrics: Metrics) -> String {
    let head = "{\"step\": \(step), \"time\": \(number(time))"
    return head + metrics.pairs.map { ", \(string($0.name)): \(number($0.value))" }.joined() + "}\n"
  }

  static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

  static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x2028 || scalar.value == 0x2029:
        let hex = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// The metrics in `text` as ``text(_:)`` wrote them; nil when it is no flat object of numbers and nulls.
  static func parse(_ text: String) -> Metrics? {
    var metrics = Metrics()
    let bytes = Array(text.utf8)
    var at = 0
    func skip() { while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 } }
    func take(_ byte: Unicode.Scalar) -> Bool {
      skip()
      guard at < bytes.count, bytes[at] == UInt8(ascii: byte) else { return false }
      at += 1
      return true
    }
    guard take("{") else { return nil }
    if take("}") { return metrics }
    repeat {
      skip()
      let start = at
      guard take("\"") else { return nil }
      while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
        at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard at < bytes.count else { return nil }
      at += 1
      let quoted = Data(bytes[start..<at])
      guard
        let name = (try? JSONSerialization.jsonObject(with: quoted, options: .fragmentsAllowed)) as? String,
        take(":")
      else { return nil }
      skip()
      let from = at
      while at < bytes.count, ![0x2C, 0x7D, 0x20].contains(bytes[at]) { at += 1 }
      let token = String(decoding: bytes[from..<at], as: UTF8.self)
      guard let value = token == "null" ? .nan : Double(token) else { return nil }
      metrics[name] = value
    } while take(",")
    return take("}") ? metrics : nil
  }
}
