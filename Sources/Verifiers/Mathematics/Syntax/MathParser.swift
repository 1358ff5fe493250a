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
  /// Open plain angle brackets.
  var angles = 0
  /// Open braces of sets.
  var setBraces = 0
  /// Open braces that are groups of the grammar.
  var groups = 0

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

  var isAtEndOfList: Bool {
    guard let current else { return true }
    switch current.kind {
    case .mark(0x29), .mark(0x5D), .mark(0x7D), .command("}"), .command("rangle"), .mark(0x2E): return true
    default: return false
    }
  }

  func separator() -> MathNode.Joiner? {
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
}
