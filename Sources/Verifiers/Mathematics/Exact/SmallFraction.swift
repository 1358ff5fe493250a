/// A fraction of machine integers: what most answers are. Every step is checked; one that does not fit gives nil,
/// and the exact engine takes over.
struct SmallFraction: Equatable {
  /// In lowest terms, the denominator positive.
  let numerator: Int
  let denominator: Int

  init(_ value: Int) {
    numerator = value
    denominator = 1
  }

  init?(_ numerator: Int, _ denominator: Int) {
    guard denominator != 0, numerator != .min, denominator != .min else { return nil }
    let divisor = Self.greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
    let sign = denominator < 0 ? -1 : 1
    self.numerator = sign * numerator / Int(divisor)
    self.denominator = sign * denominator / Int(divisor)
  }

  private static func greatestCommonDivisor(_ a: UInt, _ b: UInt) -> UInt {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return max(a, 1)
  }

  /// The value of a node made of rational numbers by the four operations and small integer powers; nil when it is
  /// anything else, does not fit, or has no value.
  init?(_ node: MathNode) {
    guard let value = Self.value(of: node) else { return nil }
    self = value
  }

  private static func value(of node: MathNode) -> SmallFraction? {
    switch node {
    case .number(let decimal): return value(of: decimal)
    case .negative(let a): return value(of: a).flatMap { SmallFraction(-$0.numerator, $0.denominator) }
    case .sum(let a, let b): return add(value(of: a), value(of: b), sign: 1)
    case .difference(let a, let b): return add(value(of: a), value(of: b), sign: -1)
    case .product(let a, let b):
      guard let x = value(of: a), let y = value(of: b) else { return nil }
      return multiply(x.numerator, y.numerator, x.denominator, y.denominator)
    case .quotient(let a, let b):
      guard let x = value(of: a), let y = value(of: b) else { return nil }
      return multiply(x.numerator, y.denominator, x.denominator, y.numerator)
    case .percent(let a):
      guard let x = value(of: a) else { return nil }
      return multiply(x.numerator, 1, x.denominator, 100)
    case .quantity(let a, _): return value(of: a)
    case .power(let a, let b):
      guard let x = value(of: a), let y = value(of: b), y.denominator == 1, (1...62).contains(y.numerator)
      else {
        return nil
      }
      var power: SmallFraction? = SmallFraction(1)
      for _ in 0..<y.numerator {
        power = power.flatMap { multiply($0.numerator, x.numerator, $0.denominator, x.denominator) }
      }
      return power
    default: return nil
    }
  }

  private static func value(of decimal: ExactDecimal) -> SmallFraction? {
    guard decimal.long.isEmpty, (-17...17).contains(decimal.exponent), decimal.mantissa <= Int.max else {
      return nil
    }
    let scale = (0..<decimal.exponent.magnitude).reduce(1) { value, _ in value * 10 }
    let mantissa = decimal.isNegative ? -Int(decimal.mantissa) : Int(decimal.mantissa)
    return decimal.exponent < 0 ? SmallFraction(mantissa, scale) : multiply(mantissa, scale, 1, 1)
  }

  private static func add(_ x: SmallFraction?, _ y: SmallFraction?, sign: Int) -> SmallFraction? {
    guard let x, let y else { return nil }
    let (a, first) = x.numerator.multipliedReportingOverflow(by: y.denominator)
    let (b, second) = (sign * y.numerator).multipliedReportingOverflow(by: x.denominator)
    let (sum, third) = a.addingReportingOverflow(b)
    let (product, fourth) = x.denominator.multipliedReportingOverflow(by: y.denominator)
    return first || second || third || fourth ? nil : SmallFraction(sum, product)
  }

  /// a b / (c d).
  private static func multiply(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> SmallFraction? {
    let (above, first) = a.multipliedReportingOverflow(by: b)
    let (below, second) = c.multipliedReportingOverflow(by: d)
    return first || second ? nil : SmallFraction(above, below)
  }
}
