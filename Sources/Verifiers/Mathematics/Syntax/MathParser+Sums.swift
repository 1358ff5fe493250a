/// Sums and products.
extension MathParser {
  mutating func sum() throws(MathSyntaxError) -> MathNode {
    var left = try signedTerm()
    while true {
      if isAt("+") {
        position += 1
        left = .sum(left, try signedTerm())
      } else if isAt("-") {
        position += 1
        left = .difference(left, try signedTerm())
      } else if isAt(command: "pm") || isAt(command: "mp") {
        let isMinusFirst = isAt(command: "mp")
        position += 1
        left = .plusMinus(left, try product(), isMinusFirst: isMinusFirst)
      } else {
        return left
      }
    }
  }

  private mutating func signedTerm() throws(MathSyntaxError) -> MathNode {
    try nested { parser throws(MathSyntaxError) in
      if parser.isAt("-") {
        parser.position += 1
        return .negative(try parser.signedTerm())
      }
      if parser.isAt("+") {
        parser.position += 1
        if parser.isAt("/") || parser.isAt("-") {
          // `+/- 3`
          let isSlash = parser.isAt("/")
          if isSlash, parser.ahead(1)?.isMark("-") ?? false {
            parser.position += 2
            return .plusMinus(.number(.zero), try parser.product(), isMinusFirst: false)
          }
        }
        return try parser.signedTerm()
      }
      if parser.isAt(command: "pm") || parser.isAt(command: "mp") {
        let isMinusFirst = parser.isAt(command: "mp")
        parser.position += 1
        return .plusMinus(.number(.zero), try parser.product(), isMinusFirst: isMinusFirst)
      }
      return try parser.product()
    }
  }

  mutating func product() throws(MathSyntaxError) -> MathNode {
    var left = try factor()
    while let token = current {
      switch token.kind {
      case .command("times"), .command("cdot"):
        position += 1
        left = .product(left, try signedFactor())
      case .mark(0x2F), .command("div"):
        // `/` before a unit belongs to it.
        if case .word = ahead(1)?.kind, token.isMark("/") { return left }
        position += 1
        left = .quotient(left, try signedFactor())
      case .command("choose"):
        position += 1
        left = .binomial(left, try factor())
      default:
        guard startsFactor(token) else { return left }
        if case .letter(let name) = token.kind, token.isSpaced, Self.unitLetters.contains(name), isUnitPlace {
          return left
        }
        let start = position
        let right = try factor()
        if case .relation = right {
          // `f(x) (x > 0)`: a condition.
          if position < tokens.count, start == position { throw unexpected() }
          continue
        }
        left = .product(left, right)
      }
    }
    return left
  }

  private mutating func signedFactor() throws(MathSyntaxError) -> MathNode {
    try nested { parser throws(MathSyntaxError) in
      if parser.isAt("-") {
        parser.position += 1
        return .negative(try parser.signedFactor())
      }
      if parser.isAt("+") { parser.position += 1 }
      return try parser.factor()
    }
  }

  /// Whether a factor can follow another without a sign between them.
  func startsFactor(_ token: MathToken) -> Bool {
    switch token.kind {
    case .letter, .begin: true
    case .number: isFactorBefore(position)
    case .mark(0x28): true
    case .mark(0x5B): angles == 0 && isGroupingSquare
    case .mark(0x7B): if case .word = ahead(1)?.kind { false } else { true }
    case .mark(0x7C): bars == 0 && !isConditionBar
    case .command(let name): Self.factorCommands.contains(name) || MathFunction(rawValue: name) != nil
    default: false
    }
  }

  static let factorCommands: Set<String> = [
    "frac", "sqrt", "surd", "cbrt", "binom", "pi", "infty", "imaginary", "lfloor", "lceil", "overrightarrow",
    "overleftarrow", "overline", "bar", "widehat", "widetilde", "langle", "textcircled",
    "emptyset", "overarc", "mathring",
  ]

  /// A number may follow letters and brackets (`x2`), not another number.
  private func isFactorBefore(_ index: Int) -> Bool {
    guard index > 0 else { return false }
    switch tokens[index - 1].kind {
    case .number: return false
    case .mark(0x29), .mark(0x7D), .mark(0x21): return true
    default: return false
    }
  }

  /// `[` opens a group rather than an interval: no comma before it is closed.
  private var isGroupingSquare: Bool {
    var nesting = 0
    for token in tokens[position...] {
      switch token.kind {
      case .mark(0x28), .mark(0x5B): nesting += 1
      case .mark(0x29), .mark(0x5D):
        nesting -= 1
        if nesting == 0 { return true }
      case .mark(0x2C): if nesting == 1 { return false }
      default: break
      }
    }
    return false
  }

  /// A bar inside a set's braces separates its condition.
  var isConditionBar: Bool { setBraces > 0 }
}
