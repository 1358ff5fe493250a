/// Functions and their arguments.
extension MathParser {
  mutating func apply(_ function: MathFunction) throws(MathSyntaxError) -> MathNode {
    var power: MathNode?
    var base: MathNode?
    while isAt("^") || (isAt("_") && (function == .log || function == .lg)) {
      if isAt("^") {
        position += 1
        power = try exponent()
      } else {
        position += 1
        base = try logarithmBase()
      }
    }
    var function = function
    if power == .negative(.integer(1)) || power == .integer(-1), let inverse = function.inverse {
      function = inverse
      power = nil
    }
    let argument = try functionArgument()
    var value: MathNode
    switch (function, base) {
    case (.log, let base?): value = .logarithm(argument, base: base)
    default: value = .function(function, argument)
    }
    if let power { value = .power(value, power) }
    return value
  }

  private mutating func logarithmBase() throws(MathSyntaxError) -> MathNode {
    // `\log_28` is the logarithm of 8 to the base 2.
    if case .number(let literal) = current?.kind, literal.utf8.count > 1,
      !(ahead(1).map { startsArgument($0) } ?? false)
    {
      return try argument()
    }
    return try primary()
  }

  private func startsArgument(_ token: MathToken) -> Bool {
    if case .number = token.kind { true } else { startsFactor(token) }
  }

  /// `(…)`, or a product by juxtaposition that ends before the next function: `\sin 2x \cos x`.
  private mutating func functionArgument() throws(MathSyntaxError) -> MathNode {
    if isAt("(") || isAt("{") || isAt("[") { return try primary() }
    if isAt("|") { return try primary() }
    if isAt("-") {
      position += 1
      return .negative(try functionArgument())
    }
    let startsWithNumber = { if case .number = current?.kind { true } else { false } }()
    var node = try factor()
    while let token = current, startsFactor(token) {
      if case .command(let name) = token.kind, MathFunction(rawValue: name) != nil { break }
      if token.isMark("("), !startsWithNumber { break }
      if token.isMark("|") { break }
      node = .product(node, try factor())
    }
    return node
  }
}
