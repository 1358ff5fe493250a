/// Reads an answer in LaTeX, plain text or a mixture into a ``MathNode``.
///
/// The grammar, loosest first: lists (`,` `;` and, or), statements (relations, ratios), unions, sums, products
/// (also by juxtaposition), powers, what stands alone. Time is linear in the text up to its nesting; depth is
/// bounded by ``maxDepth``.
struct MathParser {
  static let maxDepth = 60

  var tokens: [MathToken]
  var position = 0
  var depth = 0
  /// Open vertical bars: a bar then closes before it opens.
  var bars = 0

  init(_ tokens: [MathToken]) { self.tokens = tokens }

  /// - Throws: ``MathSyntaxError`` when the text is not an answer in this notation.
  static func parse(_ text: String) throws(MathSyntaxError) -> MathNode {
    var parser = MathParser(try MathLexer.tokens(of: text))
    while let last = parser.tokens.last, last.isMark(".") { parser.tokens.removeLast() }
    guard !parser.tokens.isEmpty else { throw MathSyntaxError("there is no answer") }
    let node = try parser.list()
    guard parser.current == nil else { throw parser.unexpected() }
    return node
  }

  // MARK: Looking

  var current: MathToken? { position < tokens.count ? tokens[position] : nil }
  func ahead(_ offset: Int) -> MathToken? {
    position + offset < tokens.count ? tokens[position + offset] : nil
  }
  func isAt(_ mark: Character) -> Bool { current?.isMark(mark) ?? false }
  func isAt(command: String) -> Bool { current?.kind == .command(command) }
  func isAt(word: String) -> Bool {
    if case .word(let found) = current?.kind { found.lowercased() == word } else { false }
  }

  func unexpected() -> MathSyntaxError {
    current.map { MathSyntaxError("unexpected \(Self.text(of: $0))") }
      ?? MathSyntaxError("the answer ends too early")
  }

  mutating func expect(_ mark: Character) throws(MathSyntaxError) {
    guard isAt(mark) else { throw unexpected() }
    position += 1
  }

  mutating func nested<Result>(
    _ body: (inout MathParser) throws(MathSyntaxError) -> Result
  ) throws(MathSyntaxError) -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maxDepth else { throw MathSyntaxError("the answer is nested too deeply") }
    return try body(&self)
  }

  static func text(of token: MathToken) -> String {
    switch token.kind {
    case .number(let text), .letter(let text), .word(let text), .command(let text): text
    case .mark(let byte): String(UnicodeScalar(byte))
    case .relation(let relation): "\(relation)"
    case .rowBreak: "\\\\"
    case .begin(let name), .end(let name): name
    }
  }

  // MARK: Lists

  mutating func list() throws(MathSyntaxError) -> MathNode {
    try nested { parser throws(MathSyntaxError) in
      var items = [try parser.statement()]
      var joiner: MathNode.Joiner?
      while let next = parser.separator() {
        parser.skipSeparators(&joiner, next)
        if parser.isAtEndOfList { break }
        items.append(try parser.statement())
      }
      return items.count == 1 ? items[0] : .list(items, joiner ?? .comma)
    }
  }

  private var isAtEndOfList: Bool {
    guard let current else { return true }
    switch current.kind {
    case .mark(0x29), .mark(0x5D), .mark(0x7D), .command("}"), .command("rangle"), .mark(0x2E): return true
    default: return false
    }
  }

  private func separator() -> MathNode.Joiner? {
    if isAt(",") || isAt(";") { return .comma }
    if isAt(word: "and") || isAt(word: "with") { return .and }
    if isAt(word: "or") { return .or }
    return nil
  }

  /// Passes over `, and` and the like; "or" wins over "and", and both over a comma.
  private mutating func skipSeparators(_ joiner: inout MathNode.Joiner?, _ first: MathNode.Joiner) {
    var next: MathNode.Joiner? = first
    while let found = next {
      if found == .or || joiner == nil || (found == .and && joiner == .comma) { joiner = found }
      position += 1
      next = separator()
    }
  }

  // MARK: Statements

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

  /// Open plain angle brackets.
  var angles = 0

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
  private mutating func words() -> MathNode {
    var parts: [String] = []
    while let token = current, !isAtEndOfList || token.isMark("."), separator() == nil {
      if !token.isMark(".") { parts.append(Self.text(of: token).lowercased()) }
      position += 1
    }
    return .words(parts.joined(separator: " "))
  }

  // MARK: Sides

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

  /// Open braces that are groups of the grammar.
  var groups = 0

  // MARK: Sums and products

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
  var setBraces = 0
}
