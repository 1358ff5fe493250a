/// A side of a relation, with its unit.
extension MathParser {
  mutating func side() throws(MathSyntaxError) -> MathNode {
    try nested { parser throws(MathSyntaxError) in
      var left = try parser.sum()
      while true {
        if parser.isAt(command: "cup") {
          parser.position += 1
          left = .union(left, try parser.sum())
        } else if parser.isAt(command: "cap") {
          parser.position += 1
          left = .intersection(left, try parser.sum())
        } else if parser.isAt(command: "setminus") {
          parser.position += 1
          left = .without(left, try parser.sum())
        } else {
          return try parser.withUnit(left)
        }
      }
    }
  }

  /// Words behind a value are its unit.
  mutating func withUnit(_ node: MathNode) throws(MathSyntaxError) -> MathNode {
    var unit: [String] = []
    loop: while let token = current {
      switch token.kind {
      case .word(let word):
        if separator() != nil
          || (unit.isEmpty
            && (isAt(word: "is") || isAt(word: "equals") || isAt(word: "in") && relationIsAhead))
        {
          break loop
        }
        unit.append(word)
        position += 1
        unitPower(&unit)
      case .command("dollar"), .command("euro"), .command("pound"), .command("yen"), .command("rupee"):
        unit.append(Self.text(of: token))
        position += 1
      case .command("sec"), .command("cup"), .command("min"):
        // Seconds, not a secant; cups, not a union.
        guard ahead(1) == nil else { break loop }
        unit.append(Self.text(of: token))
        position += 1
      case .mark(0x2F), .mark(0x2D):
        guard let next = ahead(1)?.kind else { break loop }
        if case .letter(let name) = next, !unit.isEmpty, Self.unitLetters.contains(name) {
          unit += ["per", name]
          position += 2
          continue
        }
        guard case .word = next, !unit.isEmpty || token.isMark("/") else { break loop }
        unit.append("per")
        position += 1
      case .letter(let name):
        // `5 m`, with a space and nothing behind it: metres rather than a variable.
        guard unit.isEmpty, token.isSpaced, position > 0, Self.unitLetters.contains(name), isUnitPlace else {
          break loop
        }
        unit.append(name)
        position += 1
        unitPower(&unit)
      case .mark(0x2E):
        guard !unit.isEmpty else { break loop }
        position += 1
      case .mark(0x7B):
        // An upright unit in braces.
        guard case .word = ahead(1)?.kind else { break loop }
        position += 1
      case .mark(0x7D):
        guard !unit.isEmpty, isOpenUnitBrace else { break loop }
        position += 1
      default: break loop
      }
    }
    guard !unit.isEmpty else { return node }
    if unit.first?.lowercased() == "percent" { return .percent(node) }
    return .quantity(node, unit: unit.joined(separator: " "))
  }

  /// `^2` or `^{2}` behind a unit.
  private mutating func unitPower(_ unit: inout [String]) {
    guard isAt("^") else { return }
    if case .number(let power) = ahead(1)?.kind {
      unit.append("^\(power)")
      position += 2
    } else if ahead(1)?.isMark("{") ?? false, case .number(let power) = ahead(2)?.kind,
      ahead(3)?.isMark("}") ?? false
    {
      unit.append("^\(power)")
      position += 4
    }
  }

  static let unitLetters: Set<String> = ["m", "g", "s", "h", "L"]

  /// A number stands before the current letter, and nothing but a power, a division or the end behind it.
  var isUnitPlace: Bool {
    guard case .number = tokens[position - 1].kind else { return false }
    guard let next = ahead(1) else { return true }
    // `5 m^3`
    if next.isMark("^"), case .number = ahead(2)?.kind { return ahead(3) == nil }
    if next.isMark("^"), ahead(2)?.isMark("{") ?? false, case .number = ahead(3)?.kind {
      return ahead(5) == nil
    }
    if next.isMark("/"), let unit = ahead(2)?.kind {
      switch unit {
      case .letter(let name): return Self.unitLetters.contains(name)
      case .word: return true
      default: return false
      }
    }
    return next.isMark(",") || next.isMark(".")
  }

  private var relationIsAhead: Bool {
    ahead(1).map { $0.isMark("(") || $0.isMark("[") || $0.kind == .command("{") } ?? false
  }

  /// Whether the brace at the current token closes one that a unit opened.
  private var isOpenUnitBrace: Bool {
    var balance = 0
    for token in tokens[..<position] {
      if token.isMark("{") { balance += 1 }
      if token.isMark("}") { balance -= 1 }
    }
    return balance > groups
  }
}
