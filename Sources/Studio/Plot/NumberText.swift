import Foundation

/// Numbers as people read them.
enum NumberText {
  /// `value` with at most `digits` significant digits: `0.123`, `12,300`, `1.5e-6`; a true minus sign.
  static func short(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return value.isNaN ? "not a number" : value > 0 ? "∞" : "−∞" }
    guard value != 0 else { return "0" }
    let size = abs(value)
    let text: String
    if size < 1e-3 || size >= 1e7 {
      var parts = String(format: "%.\(max(0, digits - 1))e", value).split(separator: "e").map(String.init)
      if parts[0].contains(".") { parts[0] = trimmed(parts[0]) }
      text = parts[0] + "e" + (parts.count > 1 ? Int(parts[1]).map(String.init) ?? parts[1] : "0")
    } else {
      let whole = Int(floor(log10(size))) + 1
      let decimals = max(0, digits - max(whole, 0) - (whole < 0 ? whole : 0))
      let plain = String(format: "%.\(decimals)f", value)
      text = grouped(decimals > 0 ? trimmed(plain) : plain)
    }
    return text.replacingOccurrences(of: "-", with: "−")
  }

  /// `value` with so many decimals and a true minus sign: `−0.20`.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", value)
    let isZero = text.allSatisfy { "-0.".contains($0) }
    return (isZero ? text.replacingOccurrences(of: "-", with: "") : text)
      .replacingOccurrences(of: "-", with: "−")
  }

  /// `short` with a plus sign in front of positive numbers.
  static func signed(_ value: Double, digits: Int = 3) -> String {
    (value > 0 ? "+" : "") + short(value, digits: digits)
  }

  /// `0.25` as `25 %`.
  static func percent(_ share: Double) -> String { short(share * 100) + " %" }

  /// Seconds as `1 h 05 min`, `3 min 20 s` or `4.2 s`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "unknown" }
    if seconds < 60 { return short(seconds) + " s" }
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0 ? "\(hours) h \(minutes < 10 ? "0" : "")\(minutes) min" : "\(minutes) min \(rest) s"
  }

  /// A moment as `2026-01-31 14:05 UTC`.
  static func moment(_ time: Double) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "yyyy-MM-dd HH:mm 'UTC'"
    return formatter.string(from: Date(timeIntervalSince1970: time))
  }

  private static func trimmed(_ text: String) -> String {
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  private static func grouped(_ text: String) -> String {
    let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
    var digits = Array(parts[0])
    let start = digits.first == "-" ? 1 : 0
    var at = digits.count - 3
    while at > start {
      digits.insert(",", at: at)
      at -= 3
    }
    return String(digits) + (parts.count > 1 ? "." + parts[1] : "")
  }
}
