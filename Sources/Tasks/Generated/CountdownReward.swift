import Foundation
import Rewards

/// 1 when the answer is an expression over exactly the given numbers that equals the target, else 0; the part
/// `format` says whether it could be read at all. Arithmetic is exact (fractions of whole numbers).
public struct CountdownReward: PointwiseReward {
  public typealias Subject = Sample

  public let name: String
  public var maximum: Double? { max(1, formatScore) }
  /// What an expression earns that can be read but is wrong.
  public var formatScore: Double

  public init(name: String = "countdown", formatScore: Double = 0) {
    self.name = name
    self.formatScore = formatScore
  }

  public func score(_ sample: Sample, state: RunState) throws -> Score {
    guard case .object(let reference) = sample.reference, case .array(let list) = reference["numbers"],
      case .integer(let target) = reference["target"]
    else { return .failed("the reference is not {\"numbers\": [...], \"target\": ...}") }
    var numbers: [Int] = []
    for value in list {
      guard case .integer(let number) = value else { return .failed("\"numbers\" holds \(value.jsonText)") }
      numbers.append(number)
    }
    guard let text = Self.answer(in: sample.completion), let result = Expression.evaluate(text) else {
      return Score(0, parts: ["format": 0, "correct": 0])
    }
    let isRight = result.numbers.sorted() == numbers.sorted() && result.value == Fraction(target)
    return Score(isRight ? 1 : formatScore, parts: ["format": 1, "correct": isRight ? 1 : 0])
  }

  /// The text of the last answer tags; without tags the whole completion.
  static func answer(in completion: String) -> String? {
    guard let start = completion.range(of: "<answer>", options: .backwards) else {
      return completion.contains("</answer>") ? nil : completion
    }
    guard let end = completion.range(of: "</answer>", range: start.upperBound..<completion.endIndex) else {
      return nil
    }
    return String(completion[start.upperBound..<end.lowerBound])
  }
}

/// An exact fraction in lowest terms; operations that overflow 64 bits or divide by zero give nil.
struct Fraction: Equatable, Sendable {
  let numerator: Int
  let denominator: Int

  init(_ value: Int) {
    numerator = value
    denominator = 1
  }

  private init?(
    _ numerator: (partialValue: Int, overflow: Bool), _ denominator: (partialValue: Int, overflow: Bool)
  ) {
    guard !numerator.overflow, !denominator.overflow, denominator.partialValue != 0,
      numerator.partialValue != .min, denominator.partialValue != .min
    else { return nil }
    var (a, b) = (abs(numerator.partialValue), abs(denominator.partialValue))
    while b != 0 { (a, b) = (b, a % b) }
    let sign = denominator.partialValue < 0 ? -1 : 1
    self.numerator = sign * numerator.partialValue / a
    self.denominator = sign * denominator.partialValue / a
  }

  static func combine(_ a: Fraction, _ operation: UInt8, _ b: Fraction) -> Fraction? {
    let bottom = a.denominator.multipliedReportingOverflow(by: b.denominator)
    switch operation {
    case UInt8(ascii: "*"):
      return Fraction(a.numerator.multipliedReportingOverflow(by: b.numerator), bottom)
    case UInt8(ascii: "/"):
      return Fraction(
        a.numerator.multipliedReportingOverflow(by: b.denominator),
        a.denominator.multipliedReportingOverflow(by: b.numerator))
    default:
      let left = a.numerator.multipliedReportingOverflow(by: b.denominator)
      let right = b.numerator.multipliedReportingOverflow(by: a.denominator)
      guard !left.overflow, !right.overflow else { return nil }
      let top =
        operation == UInt8(ascii: "+")
        ? left.partialValue.addingReportingOverflow(right.partialValue)
        : left.partialValue.subtractingReportingOverflow(right.partialValue)
      return Fraction(top, bottom)
    }
  }
}

/// Sums, products and brackets over whole numbers, read by recursive descent with bounded length and depth.
struct Expression {
  private var bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private var numbers: [Int] = []

  /// The value of the expression and the numbers it uses; nil when the text is not an expression.
  static func evaluate(_ text: String) -> (value: Fraction, numbers: [Int])? {
    guard text.utf8.count <= 512 else { return nil }
    // A trailing "= 24" restates the target and is let through.
    let left = text.split(separator: "=", omittingEmptySubsequences: false).prefix(1).joined()
    let plain = left.replacing("×", with: "*").replacing("÷", with: "/").replacing("−", with: "-")
    var parser = Expression(bytes: Array(plain.utf8).filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) })
    guard let value = parser.sum(), parser.position == parser.bytes.count else { return nil }
    return (value, parser.numbers)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func sum() -> Fraction? { chain(UInt8(ascii: "+"), UInt8(ascii: "-")) { $0.product() } }

  private mutating func product() -> Fraction? { chain(UInt8(ascii: "*"), UInt8(ascii: "/")) { $0.factor() } }

  private mutating func chain(
    _ one: UInt8, _ other: UInt8, _ operand: (inout Expression) -> Fraction?
  ) -> Fraction? {
    guard var value = operand(&self) else { return nil }
    while let operation = current, operation == one || operation == other {
      position += 1
      guard let right = operand(&self), let next = Fraction.combine(value, operation, right) else {
        return nil
      }
      value = next
    }
    return value
  }

  private mutating func factor() -> Fraction? {
    guard let byte = current else { return nil }
    if byte == UInt8(ascii: "(") {
      guard depth < 32 else { return nil }
      depth += 1
      position += 1
      let value = sum()
      guard current == UInt8(ascii: ")") else { return nil }
      position += 1
      depth -= 1
      return value
    }
    var number = 0
    let start = position
    while let digit = current, (0x30...0x39).contains(digit), position - start < 9 {
      number = number * 10 + Int(digit - 0x30)
      position += 1
    }
    guard position > start else { return nil }
    numbers.append(number)
    return Fraction(number)
  }
}
