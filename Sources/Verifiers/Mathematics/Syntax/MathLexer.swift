/// Cuts LaTeX or plain text into tokens. What only shapes the page (`\left`, `$`, spaces, fonts) is dropped.
struct MathLexer {
  /// Longer texts are no answers.
  static let maxBytes = 4_000
  static let maxTokens = 1_200

  private let bytes: [UInt8]
  private var position = 0
  private var tokens: [MathToken] = []
  private var isSpaced = false
  /// For each open bracket: whether a comma with a space behind it separates its parts.
  private var brackets: [Bool] = []
  /// For each open brace: whether it was opened by a command for text, so that its end ends the text.
  private var braces: [Brace] = []
  private var isText = false

  private enum Brace { case group, text, dropped }

  static func tokens(of text: String) throws(MathSyntaxError) -> [MathToken] {
    guard text.utf8.count <= maxBytes else { throw MathSyntaxError("the text is too long to be an answer") }
    var lexer = MathLexer(bytes: Array(ascii(text).utf8))
    try lexer.run()
    return lexer.tokens
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// The text with mathematical Unicode written as LaTeX.
  private static func ascii(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var result = ""
    var raised: [Unicode.Scalar: String]?
    for scalar in text.unicodeScalars {
      if let table = raised {
        if let digit = table[scalar] {
          result += digit
          continue
        }
        result += "}"
        raised = nil
      }
      if let digit = MathVocabulary.superscripts[scalar] {
        result += "^{\(digit)"
        raised = MathVocabulary.superscripts
      } else if let digit = MathVocabulary.subscripts[scalar] {
        result += "_{\(digit)"
        raised = MathVocabulary.subscripts
      } else if let latex = MathVocabulary.unicode[scalar] {
        result += latex
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return raised == nil ? result : result + "}"
  }

  private func byte(_ offset: Int = 0) -> UInt8 {
    position + offset < bytes.count ? bytes[position + offset] : 0
  }

  private func starts(_ text: String, at index: Int) -> Bool {
    bytes[min(index, bytes.count)...].starts(with: text.utf8)
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private mutating func emit(_ kind: MathToken.Kind) {
    tokens.append(MathToken(kind: kind, isSpaced: isSpaced))
    isSpaced = false
  }

  private mutating func run() throws(MathSyntaxError) {
    while position < bytes.count {
      guard tokens.count <= Self.maxTokens else {
        throw MathSyntaxError("the text is too long to be an answer")
      }
      let current = bytes[position]
      if ASCII.isSpace(current) || current == 0x7E {
        isSpaced = true
        position += 1
      } else if ASCII.isDigit(current) || (current == 0x2E && ASCII.isDigit(byte(1))) {
        number()
      } else if ASCII.isLetter(current) || current >= 0x80 {
        letters()
      } else if current == 0x5C {
        try command()
      } else {
        mark(current)
      }
    }
  }

  // MARK: Numbers

  private mutating func number() {
    var digits: [UInt8] = []
    func isDigit(_ index: Int) -> Bool { index < bytes.count && ASCII.isDigit(bytes[index]) }
    let isInChain =
      tokens.count >= 2 && !isSpaced && tokens[tokens.count - 1].isMark(",")
      && !tokens[tokens.count - 1].isSpaced
      && { if case .number = tokens[tokens.count - 2].kind { true } else { false } }()
    while ASCII.isDigit(byte()) {
      digits.append(byte())
      position += 1
    }
    if (1...3).contains(digits.count), digits.first != 0x30 {
      let (groups, end) = groups(from: position, allowsComma: !isInChain)
      digits += groups
      position = end
    }
    if byte() == 0x2E, isDigit(position + 1) {
      digits.append(0x2E)
      position += 1
      while ASCII.isDigit(byte()) {
        digits.append(byte())
        position += 1
      }
    }
    if byte() | 0x20 == 0x65 { exponent(&digits) }
    emit(.number(String(decoding: digits, as: UTF8.self)))
  }

  /// The digits of the groups of three from `start` on, and where they end.
  private func groups(from start: Int, allowsComma: Bool) -> ([UInt8], Int) {
    var digits: [UInt8] = []
    var end = start
    var hasComma = false
    while true {
      var index = end
      var isComma = false
      if starts("{,}", at: index) {
        index += 3
      } else if index < bytes.count, bytes[index] == 0x2C {
        index += 1
        isComma = true
      }
      while starts("\\!", at: index) || starts("\\,", at: index) {
        index += 2
        isComma = false
        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
      }
      if index == end, brackets.isEmpty, index < bytes.count, bytes[index] == 0x20 { index += 1 }
      guard index > end, index + 3 <= bytes.count, bytes[index..<index + 3].allSatisfy(ASCII.isDigit),
        index + 3 == bytes.count || !ASCII.isDigit(bytes[index + 3])
      else { break }
      hasComma = hasComma || isComma
      digits += bytes[index..<index + 3]
      end = index + 3
    }
    if hasComma {
      let continues = end + 1 < bytes.count && bytes[end] == 0x2C && ASCII.isDigit(bytes[end + 1])
      let isList = brackets.last == false && digits.first != 0x30
      if !allowsComma || continues || isList { return ([], start) }
    }
    return (digits, end)
  }

  /// `1.5e-3`: an exponent, unless it may be Euler's number (`2e-3`).
  private mutating func exponent(_ digits: inout [UInt8]) {
    var index = position + 1
    var sign: [UInt8] = []
    if index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D {
      sign = [bytes[index]]
      index += 1
    }
    let start = index
    while index < bytes.count, ASCII.isDigit(bytes[index]) { index += 1 }
    guard index > start, index == bytes.count || !ASCII.isLetter(bytes[index]) else { return }
    let isCertain =
      sign.isEmpty || digits.contains(0x2E) || digits == [0x31] || index - start > 1 || byte() == 0x45
    guard isCertain else { return }
    digits += [0x65] + sign + bytes[start..<index]
    position = index
  }

  // MARK: Letters

  private mutating func letters() {
    let start = position
    if !tokens.isEmpty, !isText || braces.last == .text,
      let half = ["p.m.", "a.m.", "P.M.", "A.M."].first(where: { starts($0, at: start) })
    {
      position += half.utf8.count
      return emit(.word(half.lowercased().filter { $0 != "." }))
    }
    while position < bytes.count, ASCII.isLetter(bytes[position]) || bytes[position] >= 0x80 { position += 1 }
    // Apostrophes and hyphens inside a word belong to it.
    if isText || position - start > 3 {
      while position + 1 < bytes.count, bytes[position] == 0x27 || (isText && bytes[position] == 0x2D),
        ASCII.isLetter(bytes[position + 1])
      {
        position += 1
        while position < bytes.count, ASCII.isLetter(bytes[position]) || bytes[position] >= 0x80 {
          position += 1
        }
      }
    }
    emitLetters(text(start..<position))
  }

  private mutating func emitLetters(_ run: String) {
    if isText {
      if let name = Self.plainCommand(run), run.count > 2,
        !["deg", "min", "sec", "degrees", "degree", "cup"].contains(run)
      {
        emitCommand(name)
      } else {
        emit(.word(run))
      }
      return
    }
    if run.utf8.count == 1 { return emit(.letter(run)) }
    if let name = Self.plainCommand(run) { return emitCommand(name) }
    if MathVocabulary.shortWords.contains(run) || MathUnit.isUnit(run) { return emit(.word(run)) }
    for name in ["sqrt", "sin", "cos", "tan", "ln", "log", "pi"] where run.hasPrefix(name) {
      let rest = run.dropFirst(name.count)
      if rest.utf8.count == 1 {
        emitCommand(name)
        return emit(.letter(String(rest)))
      }
    }
    if run.hasSuffix("pi"), run.utf8.count == 3 {
      emit(.letter(String(run.prefix(1))))
      return emitCommand("pi")
    }
    if run.utf8.count > 3 || run.utf8.contains(where: { $0 >= 0x80 }) { return emit(.word(run)) }
    for letter in run { emit(.letter(String(letter))) }
  }

  private static func plainCommand(_ run: String) -> String? {
    if MathVocabulary.plainCommands.contains(run) { return run }
    let lower = run.lowercased()
    return lower != run && run.utf8.count > 2 && run != "Gamma" && run != "Sigma" && run != "Omega"
      && run != "Lambda" && run != "Theta" && run != "Phi" && MathVocabulary.plainCommands.contains(lower)
      ? lower : nil
  }

  // MARK: Commands

  private mutating func command() throws(MathSyntaxError) {
    position += 1
    let start = position
    guard ASCII.isLetter(byte()) else {
      let current = byte()
      position += 1
      switch current {
      case 0x5C: emit(.rowBreak)
      case 0x7B: open(.command("{"))
      case 0x7D: close(.command("}"))
      case 0x24: emit(.command("dollar"))
      case 0x25: emit(.command("percent"))
      case 0x7C: emit(.mark(0x7C))
      case 0x26: emit(.word("and"))
      case 0x23, 0x5F: isSpaced = true
      // `\(`, `\[`, `\,`, `\ ` and the like.
      default: isSpaced = true
      }
      return
    }
    while ASCII.isLetter(byte()) { position += 1 }
    let name = text(start..<position)
    if byte() == 0x2A { position += 1 }
    if name == "begin" || name == "end" { return try environment(isBegin: name == "begin") }
    if MathVocabulary.text.contains(name) { return openText() }
    if name == "mathrm" || name == "operatorname" || name == "mathop" { return upright() }
    if name == "mathbb" || name == "mathbf" || name == "Bbb", let set = numberSet() {
      return emit(.command(set))
    }
    if name == "hspace" || name == "vspace" || name == "phantom" || name == "hphantom" || name == "color"
      || name == "tag" || name == "label"
    {
      return skipGroup()
    }
    if MathVocabulary.ignored.contains(name) {
      isSpaced = true
      // `\left.` and `\right.` show nothing.
      if name == "left" || name == "right", byte() == 0x2E { position += 1 }
      if (name == "left" || name == "right"), byte() == 0x3C || byte() == 0x3E {
        emit(.command(byte() == 0x3C ? "langle" : "rangle"))
        position += 1
      }
      return
    }
    if MathVocabulary.transparent.contains(name) { return }
    emitCommand(name)
  }

  private mutating func emitCommand(_ name: String) {
    let name = MathVocabulary.aliases[name] ?? name
    if let relation = MathVocabulary.relations[name] { return emit(.relation(relation)) }
    switch name {
    case "lbrace": open(.command("{"))
    case "rbrace": close(.command("}"))
    case "lbrack": open(.mark(0x5B))
    case "rbrack": close(.mark(0x5D))
    case "langle": open(.command("langle"))
    case "rangle": close(.command("rangle"))
    case "vert", "Vert": emit(.mark(0x7C))
    case "land", "union": emit(name == "land" ? .word("and") : .command("cup"))
    case "lor": emit(.word("or"))
    case "colon": emit(.mark(0x3A))
    case "textdegree": emit(.command("degree"))
    case "slash": emit(.mark(0x2F))
    default:
      if MathVocabulary.greek.contains(name) { emit(.letter(name)) } else { emit(.command(name)) }
    }
  }

  private mutating func open(_ kind: MathToken.Kind) {
    emit(kind)
    brackets.append(hasSpacedComma())
  }

  private mutating func close(_ kind: MathToken.Kind) {
    emit(kind)
    _ = brackets.popLast()
  }

  /// Whether a comma followed by a space stands before the bracket that has just been opened is closed.
  private func hasSpacedComma() -> Bool {
    var depth = 0
    var index = position
    while index < bytes.count {
      switch bytes[index] {
      case 0x28, 0x5B, 0x7B: depth += 1
      case 0x29, 0x5D, 0x7D:
        depth -= 1
        if depth < 0 { return false }
      case 0x2C, 0x3B:
        if depth == 0, index + 1 < bytes.count, bytes[index + 1] == 0x20 || bytes[index + 1] == 0x5C {
          return true
        }
      default: break
      }
      index += 1
    }
    return false
  }

  private mutating func openText() {
    while byte() == 0x20 { position += 1 }
    guard byte() == 0x7B else { return }
    position += 1
    braces.append(isText ? .dropped : .text)
    isText = true
    isSpaced = true
  }

  /// `\mathrm{...}`: a function's name, a unit, or a letter set upright.
  private mutating func upright() {
    while byte() == 0x20 { position += 1 }
    guard byte() == 0x7B else { return }
    var end = position + 1
    while end < bytes.count, ASCII.isLetter(bytes[end]) || bytes[end] == 0x20 || bytes[end] == 0x7E {
      end += 1
    }
    guard end < bytes.count, bytes[end] == 0x7D else {
      // A group with more in it is read as text unless it is an upright formula.
      position += 1
      braces.append(.group)
      emit(.mark(0x7B))
      return
    }
    let name = text(position + 1..<end).filter { $0 != " " && $0 != "~" }
    let isBehindNumber = {
      if case .number = tokens.last?.kind { true } else { tokens.last?.isMark("}") ?? false }
    }()
    let hasBlank = end - position - 1 > name.utf8.count
    position = end + 1
    if hasBlank { isSpaced = true }
    if name.isEmpty { return }
    if name.utf8.count == 1 {
      let isUnit =
        (isBehindNumber || hasBlank)
        && ["m", "g", "s", "h", "L", "N", "J", "W", "V", "K", "A", "C", "F"].contains(name)
      emit(isUnit ? .word(name) : .letter(name))
    } else if let command = Self.plainCommand(name) {
      emitCommand(command)
    } else {
      emit(.word(name))
    }
  }

  private mutating func numberSet() -> String? {
    let sets = ["R": "reals", "Z": "integers", "N": "naturals", "Q": "rationals"]
    for (letter, set) in sets {
      for form in ["{\(letter)}", " \(letter)"] where starts(form, at: position) {
        position += form.utf8.count
        return set
      }
    }
    return nil
  }

  private mutating func skipGroup() {
    while byte() == 0x20 || byte() == 0x2A { position += 1 }
    guard byte() == 0x7B else { return }
    var depth = 0
    repeat {
      if byte() == 0x7B { depth += 1 }
      if byte() == 0x7D { depth -= 1 }
      position += 1
    } while depth > 0 && position < bytes.count
  }

  private mutating func environment(isBegin: Bool) throws(MathSyntaxError) {
    while byte() == 0x20 { position += 1 }
    guard byte() == 0x7B, let end = bytes[position...].firstIndex(of: 0x7D) else {
      throw MathSyntaxError("an environment without a name")
    }
    let name = text(position + 1..<end)
    position = end + 1
    if isBegin, name == "array" || name == "tabular" { skipGroup() }
    emit(isBegin ? .begin(name) : .end(name))
    if isBegin { brackets.append(true) } else { _ = brackets.popLast() }
  }

  // MARK: Marks

  private mutating func mark(_ current: UInt8) {
    position += 1
    switch current {
    case 0x24:
      // A dollar sign in text opens a formula; elsewhere it is a delimiter or a currency sign, both silent.
      isSpaced = true
      if !braces.isEmpty, braces.contains(.text) {
        isText.toggle()
      } else if ASCII.isDigit(byte()), bytes.count(where: { $0 == 0x24 }) == 1 {
        emit(.command("dollar"))
      }
    case 0x7B:
      if isText {
        braces.append(.dropped)
      } else {
        braces.append(.group)
        emit(.mark(current))
      }
    case 0x7D:
      switch braces.popLast() {
      case .text:
        isText = false
        isSpaced = true
      case .dropped: break
      default: emit(.mark(current))
      }
    case 0x28, 0x5B: open(.mark(current))
    case 0x29, 0x5D: close(.mark(current))
    case 0x3C: comparison(.less, .lessOrEqual)
    case 0x3E: comparison(.greater, .greaterOrEqual)
    case 0x3D:
      if byte() == 0x3C {
        emitPair(.lessOrEqual)
      } else if byte() == 0x3E {
        emitPair(.greaterOrEqual)
      } else if byte() == 0x3D {
        emitPair(.equal)
      } else {
        emit(.relation(.equal))
      }
    case 0x21:
      if byte() == 0x3D, byte(1) != 0x3D { emitPair(.notEqual) } else { emit(.mark(current)) }
    case 0x2A:
      if byte() == 0x2A {
        position += 1
        // `**` is a power between operands, and bold type elsewhere.
        let isPower = !tokens.isEmpty && position < bytes.count && !ASCII.isSpace(byte()) && byte() != 0x2E
        if isPower { emit(.mark(0x5E)) } else { isSpaced = true }
      } else if !tokens.isEmpty, position < bytes.count {
        emit(.command("times"))
      }
    case 0x2D:
      if byte() == 0x3E { emitPair(.mapsTo) } else { emit(.mark(current)) }
    case 0x25: emit(.command("percent"))
    case 0x60, 0x22: isSpaced = true
    case 0x2E:
      if tokens.isEmpty, ["\\overline", "\\bar", "\\dot{"].contains(where: { starts($0, at: position) }) {
        emit(.number("0"))
        emit(.command("point"))
      } else if byte() == 0x2E, byte(1) == 0x2E {
        position += 2
        emit(.command("ldots"))
      } else if position < bytes.count, bytes[position] == 0x5C,
        tokens.last.map({ if case .number = $0.kind { true } else { false } }) == true
      {
        // `0.\overline{3}`
        emit(.command("point"))
      } else if position < bytes.count {
        // A full stop ends nothing here but a sentence.
        isSpaced = true
        if bytes[position...].contains(where: {
          !ASCII.isSpace($0) && $0 != 0x24 && $0 != 0x2A && $0 != 0x7D && $0 != 0x5C && $0 != 0x29
            && $0 != 0x5D
        }) {
          emit(.mark(0x2E))
        }
      }
    default: emit(.mark(current))
    }
  }

  private mutating func comparison(_ plain: MathRelation, _ orEqual: MathRelation) {
    if byte() == 0x3D { emitPair(orEqual) } else { emit(.relation(plain)) }
  }

  private mutating func emitPair(_ relation: MathRelation) {
    position += 1
    emit(.relation(relation))
  }
}
