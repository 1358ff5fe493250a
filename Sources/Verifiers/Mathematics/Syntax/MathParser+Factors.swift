extension MathParser {
  /// What stands alone, with its exponents, subscripts and other marks behind it.
  mutating func factor() throws(MathSyntaxError) -> MathNode {
    try nested { parser throws(MathSyntaxError) in
      let start = parser.position
      var node = try parser.primary()
      if let mixed = try parser.mixedNumber(node, from: start) { node = mixed }
      return try parser.marks(behind: node)
    }
  }

  private mutating func marks(behind first: MathNode) throws(MathSyntaxError) -> MathNode {
    var node = first
    while let token = current {
      switch token.kind {
      case .mark(0x5E): node = try raised(node)
      case .mark(0x21):
        position += 1
        if isAt("!") { throw MathSyntaxError("double factorials are not read") }
        node = .function(.factorial, node)
      case .command("percent"):
        position += 1
        node = .percent(node)
      case .command("degree"), .command("circ"):
        position += 1
        node = degrees(node)
      case .mark(0x27):
        position += 1
        guard case .symbol(let name) = node else {
          // Feet or minutes of arc.
          throw unexpected()
        }
        node = .symbol(name + "'")
        if isAt("("), let application = try application(of: name + "'") { node = application }
      case .mark(0x5F): node = try subscripted(node)
      default: return node
      }
    }
    return node
  }

  private mutating func degrees(_ node: MathNode) -> MathNode {
    if case .letter(let letter) = current?.kind, letter == "C" || letter == "F" {
      position += 1
      return .quantity(node, unit: "degrees \(letter)")
    }
    return .degrees(node)
  }

  private mutating func raised(_ base: MathNode) throws(MathSyntaxError) -> MathNode {
    position += 1
    if isAt("{") {
      if let token = ahead(1)?.kind, ahead(2)?.isMark("}") ?? false {
        switch token {
        case .command("circ"), .command("degree"):
          position += 3
          return degrees(base)
        case .word:
          // `5^{th}`
          position += 3
          return base
        case .letter("prime"):
          position += 3
          if case .symbol(let name) = base { return .symbol(name + "'") }
          return base
        default: break
        }
      }
    } else if isAt(command: "circ") || isAt(command: "degree") {
      position += 1
      return degrees(base)
    }
    let exponent = try self.exponent()
    return .power(base, exponent)
  }

  /// What stands behind `^`: a group, or one number, letter or command with its sign.
  mutating func exponent() throws(MathSyntaxError) -> MathNode {
    if isAt("-") {
      position += 1
      return .negative(try exponent())
    }
    if isAt("+") { position += 1 }
    var node = try primary()
    if isAt("^") {
      position += 1
      node = .power(node, try nested { parser throws(MathSyntaxError) in try parser.exponent() })
    }
    return node
  }

  private mutating func subscripted(_ node: MathNode) throws(MathSyntaxError) -> MathNode {
    position += 1
    let text = try subscriptText()
    switch node {
    case .symbol(let name):
      let full = "\(name)_\(text)"
      if isAt("("), let application = try application(of: full) { return application }
      return .symbol(full)
    case .constant(.e), .constant(.i): return .symbol("\(node)_\(text)")
    case .number, .based:
      guard let base = Int(text) ?? ["two": 2, "eight": 8, "ten": 10, "five": 5][text],
        (2...36).contains(base),
        let digits = digits(before: node, base: base)
      else { throw MathSyntaxError("a number with a subscript that is no base") }
      return .based(digits: digits, base: base)
    case .product(let left, let right):
      // `2A3_{12}` is not read; `(ab)_5` is a numeral of letters.
      throw MathSyntaxError("a subscript behind \(left.symbols + right.symbols)")
    default: throw MathSyntaxError("a subscript where none can stand")
    }
  }

  func digits(before node: MathNode, base: Int) -> String? {
    guard case .number(let decimal) = node, decimal.exponent >= 0 else { return nil }
    let text = decimal.isZero ? "0" : decimal.digitText + String(repeating: "0", count: decimal.exponent)
    return text.utf8.allSatisfy { Int($0) - 0x30 < base } ? text : nil
  }

  mutating func subscriptText() throws(MathSyntaxError) -> String {
    if isAt("{") {
      position += 1
      var text = ""
      var nesting = 1
      while let token = current {
        if token.isMark("{") { nesting += 1 }
        if token.isMark("}") {
          nesting -= 1
          if nesting == 0 {
            position += 1
            return text
          }
        }
        text += Self.text(of: token)
        position += 1
      }
      throw unexpected()
    }
    guard let token = current else { throw unexpected() }
    position += 1
    return Self.text(of: token)
  }
}
