import Rewards

/// A plain number read from text, as a fraction of two exact decimals.
///
/// Read are: a sign (also U+2212), thousands separators in groups of three (`,`, `{,}`, `\,`, `\!`),
/// decimals, `a/b`, `\frac{a}{b}` (also `dfrac`, `tfrac`), an exponent, a currency sign before or after, a
/// percent sign after. Comparison is exact: `0.1` equals `1/10`, and `0.30000000000000000001` does not equal
/// `0.3`.
struct ExactNumber {
  var numerator: ExactDecimal
  var denominator: ExactDecimal
  var isPercent = false

  /// How a percent sign counts.
  enum Percent { case fraction, stripped }

  /// Exact equality, `a.n * b.d == b.n * a.d`.
  static func areEqual(_ a: ExactNumber, _ b: ExactNumber, percent: Percent) -> Bool {
    var left = a.numerator * b.denominator
    var right = b.numerator * a.denominator
    if percent == .fraction {
      if a.isPercent && !left.isZero { left.exponent -= 2 }
      if b.isPercent && !right.isZero { right.exponent -= 2 }
    }
    return left == right
  }

  /// Exact equality under a convention for percent signs.
  static func areEqual(_ a: ExactNumber, _ b: ExactNumber, by convention: AnswerReward.Percent) -> Bool {
    switch convention {
    case .fraction: areEqual(a, b, percent: .fraction)
    case .stripped: areEqual(a, b, percent: .stripped)
    case .either:
      areEqual(a, b, percent: .stripped) || (a.isPercent != b.isPercent && areEqual(a, b, percent: .fraction))
    }
  }

  /// Reads a number that starts at `position`, and moves past it; nil (and no promise about the position)
  /// when none starts there.
  static func read(_ bytes: UTF8Bytes, _ position: inout Int) -> ExactNumber? {
    let isNegative = readSign(bytes, &position)
    readCurrency(bytes, &position)
    var isMinus = isNegative
    if !isNegative { isMinus = readSign(bytes, &position) }
    var number: ExactNumber
    if let fraction = readFrac(bytes, &position, isNegative: isMinus) {
      number = fraction
    } else {
      guard let first = readDecimal(bytes, &position, isNegative: isMinus) else { return nil }
      number = ExactNumber(numerator: first, denominator: .one)
      var ahead = position
      skipBlanks(bytes, &ahead)
      if ahead < bytes.count, bytes[ahead] == 0x2F {
        ahead += 1
        skipBlanks(bytes, &ahead)
        let isBelow = readSign(bytes, &ahead)
        if let second = readDecimal(bytes, &ahead, isNegative: isBelow) {
          guard !second.isZero else { return nil }
          number.denominator = second
          position = ahead
        }
      }
    }
    var ahead = position
    skipBlanks(bytes, &ahead)
    if ahead < bytes.count, bytes[ahead] == 0x5C { ahead += 1 }
    if ahead < bytes.count, bytes[ahead] == 0x25 {
      number.isPercent = true
      position = ahead + 1
    } else {
      readCurrency(bytes, &position)
    }
    return number
  }

  /// Reads all of `bytes` as one number; nil when anything is left over.
  ///
  /// With `allowsUnit`, words may follow (`18 dollars`, `18 \text{ cm}`), never further digits or operators,
  /// and one letter with an equals sign may stand before (`x = 5`).
  static func whole(_ bytes: UTF8Bytes, allowsUnit: Bool = false) -> ExactNumber? {
    var bytes = ASCII.trimmed(bytes)
    var start = 0
    if allowsUnit, bytes.count > 2, ASCII.isLetter(bytes[0]) {
      start = 1
      skipBlanks(bytes, &start)
      if start < bytes.count, bytes[start] == 0x3D { start += 1 } else { start = 0 }
    }
    skipWrapping(bytes, &start)
    bytes = ASCII.trimmed(UTF8Bytes(rebasing: bytes[start...]))
    var position = 0
    guard let number = read(bytes, &position) else { return nil }
    return isTail(bytes, from: position, allowsUnit: allowsUnit) ? number : nil
  }

  /// Passes over what may stand around a number: blanks, dollars, asterisks, `\(`, `\[`.
  static func skipWrapping(_ bytes: UTF8Bytes, _ position: inout Int) {
    while position < bytes.count {
      let byte = bytes[position]
      if ASCII.isSpace(byte) || byte == 0x2A || byte == 0x24 || byte == 0x60 {
        position += 1
      } else if byte == 0x5C, position + 1 < bytes.count, [0x28, 0x5B, 0x24].contains(bytes[position + 1]) {
        position += 2
      } else {
        return
      }
    }
  }

  private static func isTail(_ bytes: UTF8Bytes, from start: Int, allowsUnit: Bool) -> Bool {
    for index in start..<bytes.count {
      let byte = bytes[index]
      let isClosing = ASCII.isSpace(byte) || [0x2E, 0x24, 0x2A, 0x60].contains(byte)
      let isDelimiter = byte == 0x5C || byte == 0x29 || byte == 0x5D
      if isClosing || isDelimiter { continue }
      guard allowsUnit, ASCII.isLetter(byte) || byte >= 0x80 || byte == 0x7B || byte == 0x7D || byte == 0x27
      else { return false }
    }
    return true
  }

  private static func skipBlanks(_ bytes: UTF8Bytes, _ position: inout Int) {
    while position < bytes.count, bytes[position] == 0x20 { position += 1 }
  }

  private static func readSign(_ bytes: UTF8Bytes, _ position: inout Int) -> Bool {
    guard position < bytes.count else { return false }
    var isNegative = false
    if bytes[position] == 0x2D || bytes[position] == 0x2B {
      isNegative = bytes[position] == 0x2D
      position += 1
    } else if ASCII.starts("\u{2212}", in: bytes, at: position) {
      isNegative = true
      position += 3
    } else {
      return false
    }
    skipBlanks(bytes, &position)
    return isNegative
  }

  /// Passes over `$`, `\$`, `£`, `¥`, `€`, `₹`.
  private static func readCurrency(_ bytes: UTF8Bytes, _ position: inout Int) {
    var ahead = position
    if ASCII.starts("$", in: bytes, at: ahead) {
      ahead += 1
    } else if ASCII.starts("\\$", in: bytes, at: ahead) || ASCII.starts("£", in: bytes, at: ahead)
      || ASCII.starts("¥", in: bytes, at: ahead)
    {
      ahead += 2
    } else if ASCII.starts("€", in: bytes, at: ahead) || ASCII.starts("₹", in: bytes, at: ahead) {
      ahead += 3
    } else {
      return
    }
    skipBlanks(bytes, &ahead)
    position = ahead
  }

  private static func readFrac(_ bytes: UTF8Bytes, _ position: inout Int, isNegative: Bool) -> ExactNumber? {
    var ahead = position
    if ASCII.starts("\\frac{", in: bytes, at: ahead) {
      ahead += 6
    } else if ASCII.starts("\\dfrac{", in: bytes, at: ahead) || ASCII.starts("\\tfrac{", in: bytes, at: ahead)
    {
      ahead += 7
    } else {
      return nil
    }
    skipBlanks(bytes, &ahead)
    let isAbove = readSign(bytes, &ahead)
    guard let above = readDecimal(bytes, &ahead, isNegative: isAbove != isNegative) else { return nil }
    skipBlanks(bytes, &ahead)
    guard ASCII.starts("}{", in: bytes, at: ahead) else { return nil }
    ahead += 2
    skipBlanks(bytes, &ahead)
    let isBelow = readSign(bytes, &ahead)
    guard let below = readDecimal(bytes, &ahead, isNegative: isBelow), !below.isZero else { return nil }
    skipBlanks(bytes, &ahead)
    guard ASCII.starts("}", in: bytes, at: ahead) else { return nil }
    position = ahead + 1
    return ExactNumber(numerator: above, denominator: below)
  }

  /// Length of a thousands separator at `position`, 0 when there is none.
  private static func separator(_ bytes: UTF8Bytes, at position: Int) -> Int {
    guard position < bytes.count else { return 0 }
    switch bytes[position] {
    case 0x2C: return 1
    case 0x7B: return ASCII.starts("{,}", in: bytes, at: position) ? 3 : 0
    case 0x5C:
      return ASCII.starts("\\,", in: bytes, at: position) || ASCII.starts("\\!", in: bytes, at: position)
        ? 2 : 0
    default: return 0
    }
  }

  private static func readDecimal(_ bytes: UTF8Bytes, _ position: inout Int, isNegative: Bool)
    -> ExactDecimal?
  {
    let start = position
    var end = start
    while end < bytes.count, ASCII.isDigit(bytes[end]) { end += 1 }
    let lead = end - start
    if lead >= 1 && lead <= 3 { end = groupsEnd(bytes, from: end) }
    var point: Int?
    if end + 1 < bytes.count, bytes[end] == 0x2E, ASCII.isDigit(bytes[end + 1]) {
      point = end
      end += 1
      while end < bytes.count, ASCII.isDigit(bytes[end]) { end += 1 }
    }
    guard end > start else { return nil }
    let digitsEnd = end
    var exponent = 0
    if end < bytes.count, bytes[end] | 0x20 == 0x65 {
      var ahead = end + 1
      var isMinus = false
      if ahead < bytes.count, bytes[ahead] == 0x2D || bytes[ahead] == 0x2B {
        isMinus = bytes[ahead] == 0x2D
        ahead += 1
      }
      if ahead < bytes.count, ASCII.isDigit(bytes[ahead]) {
        while ahead < bytes.count, ASCII.isDigit(bytes[ahead]) {
          exponent = min(exponent * 10 + Int(bytes[ahead] - 0x30), 1_000_000)
          ahead += 1
        }
        if isMinus { exponent = -exponent }
        end = ahead
      }
    }
    position = end
    return ExactDecimal(bytes, start..<digitsEnd, point: point, isNegative: isNegative, exponent: exponent)
  }

  /// End of the groups of exactly three digits, each behind a separator; `start` when there are none.
  private static func groupsEnd(_ bytes: UTF8Bytes, from start: Int) -> Int {
    var end = start
    while true {
      let length = separator(bytes, at: end)
      guard length > 0 else { return end }
      let group = end + length
      guard group + 3 <= bytes.count, ASCII.isDigit(bytes[group]), ASCII.isDigit(bytes[group + 1]),
        ASCII.isDigit(bytes[group + 2])
      else { return end }
      if group + 3 < bytes.count, ASCII.isDigit(bytes[group + 3]) { return end }
      end = group + 3
    }
  }
}

extension ExactNumber {
  /// A text that is one plain number of at most 60 bytes and nothing else; nil for any other.
  init?(plain text: String) {
    guard text.utf8.count <= 60 else { return nil }
    var text = text
    // `0.333...` goes on.
    var last: UInt8 = 0
    for byte in text.utf8 {
      if byte == 0x2E, last == 0x2E { return nil }
      last = byte
    }
    guard let number = text.withUTF8({ Self.whole($0) }) else { return nil }
    self = number
  }
}
