import Rewards

/// What came of comparing two answers.
public enum MathVerdict: String, Sendable, CaseIterable {
  case equal, different
  /// Both were read; their equality was neither proved nor refuted within the limits.
  case undecided
  /// One of them is no answer in the notation that is read, or an expression without a value.
  case unparsable
}

/// How answers are compared.
public struct MathOptions: Sendable, Equatable {
  /// How a percent sign counts beside an answer without one.
  public var percent = AnswerReward.Percent.either
  /// Largest relative difference at which two constants count as equal; 0 asks for exact equality.
  public var tolerance = 0.0
  /// For one check, all its questions together.
  public var seconds = 0.02

  public init() {}
}

/// Truth in three values.
enum Truth: Equatable, Sendable {
  case yes, no, unknown

  static func && (a: Truth, b: @autoclosure () -> Truth) -> Truth {
    switch a {
    case .no: return .no
    case .yes: return b()
    case .unknown: return b() == .no ? .no : .unknown
    }
  }

  static func || (a: Truth, b: @autoclosure () -> Truth) -> Truth {
    switch a {
    case .yes: return .yes
    case .no: return b()
    case .unknown: return b() == .yes ? .yes : .unknown
    }
  }

  static prefix func ! (a: Truth) -> Truth {
    switch a {
    case .yes: .no
    case .no: .yes
    case .unknown: .unknown
    }
  }

  init(_ value: Bool) { self = value ? .yes : .no }
}

/// One check of two answers: the rules by which forms are matched, and the time that is left.
struct MathComparison {
  let options: MathOptions
  private let start = ContinuousClock.now
  private(set) var isOutOfTime = false
  /// A value that was asked about does not exist.
  private(set) var hasMetUndefined = false

  init(_ options: MathOptions) { self.options = options }

  /// Whether two answers, as read, mean the same.
  mutating func areEqual(_ first: MathNode, _ second: MathNode) -> Truth {
    guard !isOver else { return .unknown }
    var a = first.normalized
    var b = second.normalized
    guard let strippedA = withoutName(a, beside: b) else { return .no }
    guard let strippedB = withoutName(b, beside: a) else { return .no }
    (a, b) = (strippedA, strippedB)
    if case .relation = a, case .relation = b, let truth = statements(a, b) { return truth }
    if a.isScalar, b.isScalar { return values(a, b) }
    if let truth = ratios(a, b) { return truth }
    if let truth = arrays(a, b) { return truth }
    if let truth = collections(a, b) { return truth }
    if let truth = regions(a, b) { return truth }
    if case .words(let x) = a, case .words(let y) = b { return Truth(MathText.words(x) == MathText.words(y)) }
    if case .quantity(let x, _) = a { return areEqual(x, b) }
    if case .quantity(let y, _) = b { return areEqual(a, y) }
    return a.shape != b.shape ? .no : .unknown
  }

  // MARK: Time

  /// The time of the check is over.
  private var isOver: Bool {
    mutating get {
      if !isOutOfTime, exactOptions.seconds <= 0 { isOutOfTime = true }
      return isOutOfTime
    }
  }

  /// What is left of the check's time.
  private var exactOptions: ExactOptions {
    let spent = ContinuousClock.now - start
    let seconds = Double(spent.components.seconds) + Double(spent.components.attoseconds) * 1e-18
    return ExactOptions(seconds: options.seconds - seconds)
  }

  mutating func ask(
    _ question: ExactEngine.Question, _ a: MathNode, _ b: MathNode
  ) -> (verdict: ExactVerdict, sign: Int) {
    guard !isOutOfTime else { return (.outOfTime, 0) }
    var options = exactOptions
    var answer = ExactEngine.ask(question, a, b, options)
    let hasLogarithm = { (node: MathNode) in
      node.contains { if case .function(.log, _) = $0 { true } else { false } }
    }
    if answer.verdict == .no, hasLogarithm(a) || hasLogarithm(b) {
      options = exactOptions
      options.logarithm = .ten
      answer = ExactEngine.ask(question, a, b, options)
    }
    if answer.verdict == .outOfTime { isOutOfTime = true }
    if answer.verdict == .undefined { hasMetUndefined = true }
    return answer
  }

  /// Equality of two finite values without units; undefined values are equal to nothing.
  mutating func finiteValues(_ a: MathNode, _ b: MathNode) -> Truth {
    if let x = SmallFraction(a), let y = SmallFraction(b) {
      if x == y { return .yes }
      if options.tolerance == 0 { return .no }
    }
    if a == b, a.isCertainlyDefined { return .yes }
    switch ask(.equal, a, b).verdict {
    case .yes: return .yes
    case .no: return options.tolerance > 0 ? isNear(a, b) : .no
    case .undefined: return .no
    case .undecided, .outOfTime: return .unknown
    }
  }

  /// Whether the node, or a part of a collection or statement, is an expression that has no value.
  mutating func lacksValue(_ node: MathNode) -> Bool {
    if node.isScalar {
      if node.isCertainlyDefined || SmallFraction(node) != nil || node.containsInfinity { return false }
      return ask(.equal, Measured(node).value, Measured(node).value).verdict == .undefined
    }
    for child in node.children where lacksValue(child) { return true }
    return false
  }

  /// |a - b| <= tolerance |b|, for constants.
  private mutating func isNear(_ a: MathNode, _ b: MathNode) -> Truth {
    guard a.symbols.isEmpty, b.symbols.isEmpty, let limit = ExactDecimal(literal: "\(options.tolerance)")
    else { return .no }
    let answer = ask(
      .order, .function(.abs, .difference(a, b)), .product(.number(limit), .function(.abs, b)))
    return answer.verdict == .yes ? Truth(answer.sign <= 0) : .unknown
  }

  /// -1, 0 or 1 as a < b, a == b, a > b; nil when it is not known.
  mutating func order(_ a: MathNode, _ b: MathNode) -> Int? {
    if let x = SmallFraction(a), let y = SmallFraction(b) {
      let left = x.numerator.multipliedFullWidth(by: y.denominator)
      let right = y.numerator.multipliedFullWidth(by: x.denominator)
      if left == right { return 0 }
      return left < right ? -1 : 1
    }
    if a == b, a.isCertainlyDefined { return 0 }
    let answer = ask(.order, a, b)
    return answer.verdict == .yes ? answer.sign : nil
  }

  // MARK: Values

  private mutating func values(_ a: MathNode, _ b: MathNode) -> Truth {
    var x = Measured(a)
    var y = Measured(b)
    // `3 m` beside `3m`: a variable after all.
    x.readUnitAsVariable(beside: y)
    y.readUnitAsVariable(beside: x)
    if let first = x.infinity, let second = y.infinity { return Truth(first == second) }
    if (x.infinity == nil && x.value.containsInfinity) || (y.infinity == nil && y.value.containsInfinity) {
      return .unknown
    }
    if x.infinity != nil || y.infinity != nil { return .no }
    switch (x.unit, y.unit) {
    case (let first?, let second?):
      guard first.isComparable(with: second) else { return .no }
      if first != second, first.dimension == second.dimension {
        func scaled(_ node: MathNode, _ unit: MathUnit) -> MathNode {
          .quotient(.product(node, .integer(unit.numerator)), .integer(unit.denominator))
        }
        return finiteValues(scaled(x.value, first), scaled(y.value, second))
      }
    default: break
    }
    switch (x.scale, y.scale) {
    case (.none, .none): return finiteValues(x.value, y.value)
    case (.percent, .percent), (.degrees, .degrees): return finiteValues(x.value, y.value)
    case (.percent, .none): return percents(x.value, y.value)
    case (.none, .percent): return percents(y.value, x.value)
    case (.degrees, .none):
      return finiteValues(x.value, y.value) || finiteValues(.degrees(x.value), y.value)
    case (.none, .degrees):
      return finiteValues(x.value, y.value) || finiteValues(x.value, .degrees(y.value))
    case (.percent, .degrees), (.degrees, .percent): return .no
    }
  }

  private mutating func percents(_ percent: MathNode, _ plain: MathNode) -> Truth {
    switch options.percent {
    case .stripped: finiteValues(percent, plain)
    case .fraction: finiteValues(.percent(percent), plain)
    case .either: finiteValues(percent, plain) || finiteValues(.percent(percent), plain)
    }
  }

  // MARK: Ratios

  private mutating func ratios(_ a: MathNode, _ b: MathNode) -> Truth? {
    if case .quantity(.ratio, let first) = a, case .quantity(.ratio, let second) = b, first != second {
      return .no
    }
    switch (a.withoutUnit, b.withoutUnit) {
    case (.ratio(let x), .ratio(let y)):
      guard x.count == y.count, let first = x.first, let second = y.first else { return .no }
      // 3:30 and 1:10 are different times of the day.
      if x.count == 2, Self.isTime(x), Self.isTime(y) { return Truth(x == y) }
      var truth = Truth.yes
      for (left, right) in zip(x, y).dropFirst() {
        truth = truth && finiteValues(.product(left, second), .product(right, first))
      }
      return truth
    case (.ratio(let x), let y) where x.count == 2 && y.isScalar: return values(.quotient(x[0], x[1]), y)
    case (let x, .ratio(let y)) where y.count == 2 && x.isScalar: return values(x, .quotient(y[0], y[1]))
    default: return nil
    }
  }

  /// Both could be hours and minutes: the second has two digits, the first is at most 24.
  private static func isTime(_ parts: [MathNode]) -> Bool {
    guard let hour = SmallFraction(parts[0]), let minute = SmallFraction(parts[1]) else { return false }
    return hour.denominator == 1 && (0...24).contains(hour.numerator) && minute.denominator == 1
      && (minute.numerator == 0 || (10...59).contains(minute.numerator))
  }

  // MARK: Vectors and matrices

  /// Componentwise equality where one side can only be a matrix or a vector.
  private mutating func arrays(_ a: MathNode, _ b: MathNode) -> Truth? {
    guard let x = a.components, let y = b.components, x.isArray || y.isArray else { return nil }
    var (left, right) = (x, y)
    if left.isPoint != right.isPoint || left.isAngle || right.isAngle {
      // A point or a vector in line equals a column or a row with the same parts.
      guard left.rows.count == 1 || left.rows[0].count == 1, right.rows.count == 1 || right.rows[0].count == 1
      else {
        return .no
      }
      left.rows = [left.rows.flatMap { $0 }]
      right.rows = [right.rows.flatMap { $0 }]
    }
    guard left.rows.count == right.rows.count, left.rows[0].count == right.rows[0].count else { return .no }
    return inOrder(left.rows.flatMap { $0 }, right.rows.flatMap { $0 })
  }

  mutating func inOrder(_ a: [MathNode], _ b: [MathNode]) -> Truth {
    guard a.count == b.count else { return .no }
    var truth = Truth.yes
    for (x, y) in zip(a, b) {
      truth = truth && areEqual(x, y)
      if truth == .no { break }
    }
    return truth
  }
}

/// A value with what stands around it taken off.
private struct Measured {
  enum Scale { case none, percent, degrees }

  var value: MathNode
  var unit: MathUnit?
  var scale = Scale.none
  /// 1 or -1 when the value is infinite.
  var infinity: Int?
  /// The unit read as a variable, where it is one letter.
  private var letter: MathNode?

  init(_ node: MathNode) {
    value = node
    if case .quantity(let inside, let words) = value {
      value = inside
      unit = MathUnit(words: words)
      let parts = words.split(separator: " ")
      if let name = parts.first, name.utf8.count == 1 {
        if parts.count == 1 { letter = .symbol(String(name)) }
        if parts.count == 2, parts[1].hasPrefix("^"), let power = Int(parts[1].dropFirst()) {
          letter = .power(.symbol(String(name)), .integer(power))
        }
      }
      if unit?.dimension == "degree" {
        unit = nil
        scale = .degrees
      }
      if unit?.dimension == "radian" || unit?.dimension == "rad" { unit = nil }
    }
    switch value {
    case .percent(let inside):
      value = inside
      scale = .percent
    case .degrees(let inside):
      value = inside
      scale = .degrees
    case .negative(.percent(let inside)):
      value = .negative(inside)
      scale = .percent
    case .negative(.degrees(let inside)):
      value = .negative(inside)
      scale = .degrees
    case .constant(.infinity): infinity = 1
    case .negative(.constant(.infinity)): infinity = -1
    default: break
    }
  }

  mutating func readUnitAsVariable(beside other: Measured) {
    guard let letter, other.unit == nil, let name = letter.symbols.first, other.value.symbols.contains(name)
    else {
      return
    }
    value = .product(value, letter)
    unit = nil
  }
}
