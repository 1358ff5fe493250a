import Rewards

/// A decimal of any length up to ``maxDigits`` digits: sign, digits and a power of ten, always normalised (no
/// leading and no trailing zeros), so that equal values have equal fields. No floating point anywhere.
struct ExactDecimal: Equatable {
  /// Longest digit string that is read; longer ones are no number, which bounds every product below.
  static let maxDigits = 1_000
  /// Largest exponent that is read.
  static let maxExponent = 10_000

  var isNegative = false
  /// The digits as an integer when there are at most 18; else 0 and the digits stand in `long`.
  var mantissa: UInt64 = 0
  /// Digits 0 to 9, most significant first; empty when the mantissa holds them.
  var long: [UInt8] = []
  var exponent = 0

  var isZero: Bool { mantissa == 0 && long.isEmpty }

  static let zero = ExactDecimal(isNegative: false, mantissa: 0, long: [], exponent: 0)
  static let one = ExactDecimal(isNegative: false, mantissa: 1, long: [], exponent: 0)

  /// Builds a decimal from ASCII digits in `bytes[range]`, passing over every other byte (separators); a
  /// point at `point` starts the fraction. Nil when there are no digits or too many.
  init?(_ bytes: UTF8Bytes, _ range: Range<Int>, point: Int?, isNegative: Bool, exponent: Int = 0) {
    guard exponent.magnitude <= Self.maxExponent else { return nil }
    var digits = 0
    var seen = 0
    var zeros = 0
    self.exponent = exponent
    // Trailing zeros are held back, so that normalising costs nothing.
    for index in range where ASCII.isDigit(bytes[index]) {
      seen += 1
      guard seen <= Self.maxDigits else { return nil }
      let digit = bytes[index] - 0x30
      if let point, index > point { self.exponent -= 1 }
      if digit == 0 {
        if digits > 0 { zeros += 1 }
        continue
      }
      for _ in 0..<zeros { push(0, &digits) }
      zeros = 0
      push(digit, &digits)
    }
    guard seen > 0 else { return nil }
    if digits == 0 {
      self.exponent = 0
    } else {
      self.exponent += zeros
      self.isNegative = isNegative
    }
  }

  init(_ value: Int) {
    var text = String(value.magnitude)
    let decimal = text.withUTF8 { bytes in
      ExactDecimal(bytes, 0..<bytes.count, point: nil, isNegative: value < 0)
    }
    self = decimal ?? .zero
  }

  /// Digits, at most one point, and an exponent behind `e`; nil when there are too many of them.
  init?(literal: String) {
    var text = literal
    let decimal: ExactDecimal? = text.withUTF8 { bytes in
      let mark = bytes.firstIndex(of: 0x65)
      let end = mark ?? bytes.count
      var exponent = 0
      if let mark {
        guard let value = Int(String(decoding: bytes[(mark + 1)...], as: UTF8.self)) else { return nil }
        exponent = value
      }
      let point = bytes[..<end].firstIndex(of: 0x2E)
      return ExactDecimal(bytes, 0..<end, point: point, isNegative: false, exponent: exponent)
    }
    guard let decimal else { return nil }
    self = decimal
  }

  /// The digits as text, most significant first; the value is this integer times ten to ``exponent``.
  var digitText: String {
    long.isEmpty ? String(mantissa) : String(decoding: long.map { $0 + 0x30 }, as: UTF8.self)
  }

  private init(isNegative: Bool, mantissa: UInt64, long: [UInt8], exponent: Int) {
    self.isNegative = isNegative
    self.mantissa = mantissa
    self.long = long
    self.exponent = exponent
  }

  @inline(__always) private mutating func push(_ digit: UInt8, _ count: inout Int) {
    count += 1
    if count <= 18 {
      mantissa = mantissa * 10 + UInt64(digit)
      return
    }
    if long.isEmpty {
      long = String(mantissa).utf8.map { $0 - 0x30 }
      mantissa = 0
    }
    long.append(digit)
  }

  private var digits: [UInt8] { long.isEmpty ? String(mantissa).utf8.map { $0 - 0x30 } : long }

  /// The exact product. Cost: at most ``maxDigits`` squared digit steps.
  static func * (a: ExactDecimal, b: ExactDecimal) -> ExactDecimal {
    if a.isZero || b.isZero { return ExactDecimal(isNegative: false, mantissa: 0, long: [], exponent: 0) }
    if a == .one { return b }
    if b == .one { return a }
    let isNegative = a.isNegative != b.isNegative
    let x = a.digits
    let y = b.digits
    var product = [UInt32](repeating: 0, count: x.count + y.count)
    for i in stride(from: x.count - 1, through: 0, by: -1) {
      var carry: UInt32 = 0
      for j in stride(from: y.count - 1, through: 0, by: -1) {
        let sum = product[i + j + 1] + UInt32(x[i]) * UInt32(y[j]) + carry
        product[i + j + 1] = sum % 10
        carry = sum / 10
      }
      product[i] += carry
    }
    var exponent = a.exponent + b.exponent
    var digits = product.drop { $0 == 0 }
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    var result = ExactDecimal(isNegative: isNegative, mantissa: 0, long: [], exponent: exponent)
    var count = 0
    for digit in digits { result.push(UInt8(digit), &count) }
    return result
  }
}
