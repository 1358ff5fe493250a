extension MathParser {
  /// `(…)`, `[…]`, `(…]`, `]…[`: a group when it holds one value between equal brackets.
  mutating func bracket() throws(MathSyntaxError) -> MathNode {
    try nested { parser throws(MathSyntaxError) in
      let outerBars = parser.bars
      let outerBraces = parser.setBraces
      parser.bars = 0
      parser.setBraces = 0
      defer {
        parser.bars = outerBars
        parser.setBraces = outerBraces
      }
      // `]a, b[` is open at both ends.
      let open: MathNode.Bracket = parser.isAt("[") ? .square : .round
      let isReversed = parser.isAt("]")
      parser.position += 1
      let inside = try parser.list()
      let close: MathNode.Bracket
      if parser.isAt(")") {
        close = .round
      } else if parser.isAt("]") {
        close = .square
      } else if parser.isAt("["), open == .square || isReversed {
        close = .round
      } else {
        throw parser.unexpected()
      }
      parser.position += 1
      if case .list(let items, .comma) = inside { return .bracketed(items, open: open, close: close) }
      guard open == close, !isReversed else { throw MathSyntaxError("an interval with one end") }
      return inside
    }
  }

  mutating func bracketCommand(_ name: String) throws(MathSyntaxError) -> MathNode {
    try nested { parser throws(MathSyntaxError) in
      if name == "langle" {
        let inside = try parser.list()
        guard parser.isAt(command: "rangle") else { throw parser.unexpected() }
        parser.position += 1
        if case .list(let items, .comma) = inside { return .bracketed(items, open: .angle, close: .angle) }
        return .bracketed([inside], open: .angle, close: .angle)
      }
      let (outerBars, outerBraces) = (parser.bars, parser.setBraces)
      parser.bars = 0
      parser.setBraces = outerBraces + 1
      defer {
        parser.bars = outerBars
        parser.setBraces = outerBraces
      }
      if parser.isAt(command: "}") {
        parser.position += 1
        return .constant(.emptySet)
      }
      let start = parser.position
      let inside: MathNode
      if let colon = parser.conditionColon() {
        var head = MathParser(Array(parser.tokens[start..<colon]))
        head.depth = parser.depth
        inside = try head.list()
        guard head.current == nil else { throw head.unexpected() }
        parser.position = colon
      } else {
        inside = try parser.list()
      }
      if parser.isAt("|") || parser.isAt(":") {
        parser.position += 1
        parser.setBraces = 0
        let condition = try parser.list()
        guard parser.isAt(command: "}") else { throw parser.unexpected() }
        parser.position += 1
        return .setBuilder(inside, condition: condition)
      }
      guard parser.isAt(command: "}") else { throw parser.unexpected() }
      parser.position += 1
      if case .list(let items, _) = inside { return .set(items) }
      return .set([inside])
    }
  }

  /// Where the colon of `\{x : condition\}` stands; nil when there is none before the brace is closed.
  private func conditionColon() -> Int? {
    var nesting = 0
    for index in position..<tokens.count {
      switch tokens[index].kind {
      case .command("{"), .mark(0x28), .mark(0x5B), .mark(0x7B): nesting += 1
      case .command("}"), .mark(0x29), .mark(0x5D), .mark(0x7D):
        nesting -= 1
        if nesting < 0 { return nil }
      case .mark(0x3A): if nesting == 0 { return index }
      default: break
      }
    }
    return nil
  }

  /// `{…}`: a group of LaTeX, or a set in plain text when it holds several values.
  mutating func group() throws(MathSyntaxError) -> MathNode {
    try nested { parser throws(MathSyntaxError) in
      let outerBars = parser.bars
      parser.bars = 0
      parser.groups += 1
      defer {
        parser.bars = outerBars
        parser.groups -= 1
      }
      parser.position += 1
      if parser.isAt("}") {
        parser.position += 1
        if parser.current == nil, parser.tokens.count == 2 { return .constant(.emptySet) }
        return try parser.factor()
      }
      let inside = try parser.list()
      if parser.isAt("|") || parser.isAt(":"), parser.position < parser.tokens.count {
        parser.position += 1
        let condition = try parser.list()
        try parser.expect("}")
        return .setBuilder(inside, condition: condition)
      }
      try parser.expect("}")
      if case .list(let items, .comma) = inside, parser.groups == 1 {
        return .set(items)
      }
      return inside
    }
  }

  mutating func matrix(_ name: String) throws(MathSyntaxError) -> MathNode {
    let names: Set<String> = [
      "pmatrix", "bmatrix", "Bmatrix", "matrix", "smallmatrix", "array", "psmallmatrix", "bsmallmatrix",
    ]
    guard names.contains(name) else { throw MathSyntaxError("the environment \(name) is not read") }
    return try nested { parser throws(MathSyntaxError) in
      var rows: [[MathNode]] = [[]]
      while true {
        if parser.current?.kind == .end(name) {
          parser.position += 1
          break
        }
        if parser.current?.kind == .rowBreak {
          parser.position += 1
          rows.append([])
          continue
        }
        if parser.isAt("&") {
          parser.position += 1
          continue
        }
        if parser.isAt(command: "hline") {
          parser.position += 1
          continue
        }
        rows[rows.count - 1].append(try parser.side())
      }
      if rows.last?.isEmpty ?? false { rows.removeLast() }
      guard let width = rows.first?.count, width > 0, rows.allSatisfy({ $0.count == width }) else {
        throw MathSyntaxError("a matrix with rows of different lengths")
      }
      return .matrix(rows)
    }
  }
}
