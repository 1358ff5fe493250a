/// Statements: sides with relations between them, and words around them.
extension MathParser {
  mutating func statement() throws(MathSyntaxError) -> MathNode {
    var name: MathNode?
    if let words = try leadingWords() {
      guard current?.kind == .relation(.equal) else { return words }
      name = words
    }
    while current?.kind == .relation(.equal) { position += 1 }
    // `f: x \mapsto ...`
    if case .letter = current?.kind, ahead(1)?.isMark(":") ?? false, case .letter = ahead(2)?.kind,
      ahead(3)?.kind == .relation(.mapsTo)
    {
      position += 2
    }
    if current?.kind == .relation(.less) { return try angleBracket() }
    var sides = [try side()]
    if let name { return .relation([name] + sides, [.equal]) }
    if isAt(":") {
      while isAt(":") {
        position += 1
        sides.append(try side())
      }
      // `3:30 p.m.`: the words have been read as the last part's unit.
      if case .quantity(let last, let unit)? = sides.last {
        return .quantity(.ratio(sides.dropLast() + [last]), unit: unit)
      }
      return .ratio(sides)
    }
    var relations: [MathRelation] = []
    while let relation = relationAhead() {
      relations.append(relation)
      sides.append(try side())
    }
    return relations.isEmpty ? sides[0] : .relation(sides, relations)
  }

  private mutating func relationAhead() -> MathRelation? {
    if case .relation(let relation) = current?.kind {
      if relation == .greater, angles > 0 { return nil }
      position += 1
      // `\not=`, `= \pm` and the like are read elsewhere; a doubled sign is one.
      while current?.kind == .relation(relation) { position += 1 }
      return relation
    }
    if isAt(command: "not"), case .relation(let relation) = ahead(1)?.kind {
      position += 2
      return relation == .equal ? .notEqual : .other("not \(relation)")
    }
    if isAt(word: "is") || isAt(word: "equals") {
      position += 1
      return .equal
    }
    if isAt(word: "in"),
      ahead(1).map({ $0.isMark("(") || $0.isMark("[") || $0.kind == .command("{") }) ?? false
    {
      position += 1
      return .member
    }
    return nil
  }

  private mutating func angleBracket() throws(MathSyntaxError) -> MathNode {
    position += 1
    angles += 1
    defer { angles -= 1 }
    var items = [try side()]
    while isAt(",") {
      position += 1
      items.append(try side())
    }
    guard current?.kind == .relation(.greater) else { throw unexpected() }
    position += 1
    return .bracketed(items, open: .angle, close: .angle)
  }

  private static let openings: Set<String> = [
    "the", "answer", "answers", "is", "are", "about", "approximately", "option", "choice", "choose",
    "exactly", "either", "both", "so", "thus", "therefore", "hence", "value", "values",
    "final", "point", "points", "all", "when", "if", "for", "we", "get", "have", "it", "be", "must",
    "solution", "solutions", "roughly", "of", "a", "an", "at", "to", "only", "total", "equals", "line",
    "equation",
    "function", "interval", "set", "number", "x-intercept", "vector", "matrix", "correct", "that", "let",
    "rs", "eur", "usd", "Rs",
  ]

  /// Words before a formula: nil when there are none that count. When a formula follows words that matter, the
  /// whole statement is words.
  private mutating func leadingWords() throws(MathSyntaxError) -> MathNode? {
    guard case .word = current?.kind, !isAt(word: "no") || ahead(1) != nil else {
      if isAt(word: "no") { return words() }
      return nil
    }
    let start = position
    var isFiller = true
    while case .word(let word) = current?.kind, separator() == nil {
      if !Self.openings.contains(word.lowercased()) { isFiller = false }
      position += 1
    }
    while isFiller, isAt(":") { position += 1 }
    if isFiller, !isAtEndOfList, separator() == nil { return nil }
    if current?.kind == .relation(.equal) {
      // `\text{Area} = 12`
      let name = tokens[start..<position].map { Self.text(of: $0).lowercased() }
      return .words(name.joined(separator: " "))
    }
    position = start
    return words()
  }

  /// Everything up to the next separator or closing bracket, as words.
  mutating func words() -> MathNode {
    var parts: [String] = []
    while let token = current, !isAtEndOfList || token.isMark("."), separator() == nil {
      if !token.isMark(".") { parts.append(Self.text(of: token).lowercased()) }
      position += 1
    }
    return .words(parts.joined(separator: " "))
  }
}
