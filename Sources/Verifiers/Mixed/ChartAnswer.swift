import Foundation

/// The rule of chart questions: numbers may be 5 % off, text must be equal after normalisation.
public enum ChartAnswer {
  /// Largest distance of a right number, as a share of the reference.
  public static let tolerance = 0.05

  /// 1 or 0; with `isDense`, numbers give exp(-distance / tolerance) instead. A reference of 0 asks for 0 within
  /// 1e-9.
  public static func score(_ answer: String, reference: String, isDense: Bool = false) -> Double {
    if let wanted = number(reference) {
      guard let found = number(answer) else { return 0 }
      let distance = abs(found - wanted)
      let allowed = tolerance * abs(wanted)
      if allowed == 0 { return distance <= 1e-9 ? 1 : 0 }
      return isDense ? exp(-distance / allowed) : distance <= allowed ? 1 : 0
    }
    var table = WordTable()
    let words = SQuADNormalization.words(of: reference, &table)
    let isEqual = SQuADNormalization.words(of: answer, &table) == words
    return isEqual && !(words.isEmpty && answer != reference) ? 1 : 0
  }

  /// The number that `text` is: a sign, digits in one piece or in groups of three with commas, a fraction, a
  /// currency sign before it or a percent sign behind it (12% is 12). Anything else, such as 1.200,5, is no number.
  static func number(_ text: String) -> Double? {
    var bytes = Array(text.utf8.filter { !ASCII.isSpace($0) })[...]
    guard bytes.count <= 64 else { return nil }
    var sign = ""
    func takeSign() {
      if sign.isEmpty, bytes.first == 0x2D || bytes.first == 0x2B {
        sign = bytes.removeFirst() == 0x2D ? "-" : "+"
      }
    }
    takeSign()
    for symbol in ["$", "\u{20AC}", "\u{A3}", "\u{A5}"] where bytes.starts(with: symbol.utf8) {
      bytes.removeFirst(symbol.utf8.count)
      break
    }
    takeSign()
    if bytes.last == 0x25 { bytes.removeLast() }
    let parts = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard 1...2 ~= parts.count else { return nil }
    let groups = parts[0].split(separator: 0x2C, omittingEmptySubsequences: false)
    let isGrouped =
      groups.count == 1 || 1...3 ~= groups[0].count && groups.dropFirst().allSatisfy { $0.count == 3 }
    let fraction = parts.count == 2 ? parts[1] : []
    guard isGrouped, parts.count == 1 || !fraction.isEmpty || !parts[0].isEmpty,
      groups.joined().allSatisfy(ASCII.isDigit), fraction.allSatisfy(ASCII.isDigit),
      !(groups.joined().isEmpty && fraction.isEmpty)
    else { return nil }
    let digits = String(decoding: Array(groups.joined()), as: UTF8.self)
    let value = Double(
      "\(sign)\(digits.isEmpty ? "0" : digits).\(String(decoding: fraction, as: UTF8.self))0")
    return value.flatMap { $0.isFinite ? $0 : nil }
  }
}
