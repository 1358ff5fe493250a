/// What stands alone: numbers, letters, commands.
extension MathParser {
  mutating func primary() throws(MathSyntaxError) -> MathNode {
    guard let token = current else { throw unexpected() }
    switch token.kind {
    case .number(let literal):
      position += 1
      return try number(literal)
    case .letter(let name):
      position += 1
      return try letter(name)
    case .mark(0x28), .mark(0x5B), .mark(0x5D): return try bracket()
    case .mark(0x7B): return try group()
    case .mark(0x7C):
      position += 1
      bars += 1
      let inside = try sum()
      bars -= 1
      try expect("|")
      return .function(.abs, inside)
    case .begin(let name):
      position += 1
      return try matrix(name)
    case .command(let name):
      position += 1
      return try command(name)
    case .word where isAt(word: "no"): throw unexpected()
    default: throw unexpected()
    }
  }

  mutating func number(_ literal: String) throws(MathSyntaxError) -> MathNode {
    if isAt(command: "point") {
      position += 1
      return try cycle(behind: literal + ".")
    }
    if literal.contains("."), isAt(command: "overline") || isAt(command: "bar") || isAt(command: "dot") {
      return try cycle(behind: literal)
    }
    if isAt(command: "ldots") {
      position += 1
      if let repeating = Self.guessedCycle(literal) { return repeating }
    }
    guard let decimal = ExactDecimal(literal: literal) else {
      throw MathSyntaxError("a number with too many digits")
    }
    return .number(decimal)
  }

  /// `0.1\overline{6}`, `0.\dot{3}`.
  private mutating func cycle(behind literal: String) throws(MathSyntaxError) -> MathNode {
    var cycle = ""
    while isAt(command: "overline") || isAt(command: "bar") || isAt(command: "dot") {
      position += 1
      let isBraced = isAt("{")
      if isBraced { position += 1 }
      guard case .number(let digits) = current?.kind, digits.utf8.allSatisfy(ASCII.isDigit) else {
        throw unexpected()
      }
      cycle += digits
      position += 1
      if isBraced { try expect("}") }
    }
    guard !cycle.isEmpty, cycle.utf8.count <= 60, literal.utf8.count <= 60 else { throw unexpected() }
    let fixed = literal.split(separator: ".", omittingEmptySubsequences: false).last?.utf8.count ?? 0
    return .repeating(
      digits: literal.filter { $0 != "." } + cycle, fixed: fixed, cycle: cycle.utf8.count)
  }

  /// `0.333...`: the last digits, written at least three times (a single digit) or twice (more), go on.
  private static func guessedCycle(_ literal: String) -> MathNode? {
    let parts = literal.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count <= 60, parts[1].utf8.allSatisfy(ASCII.isDigit) else {
      return nil
    }
    let digits = Array(parts[1].utf8)
    for length in 1...6 {
      let times = length == 1 ? 3 : 2
      guard digits.count >= length * times else { break }
      let cycle = digits.suffix(length)
      var end = digits.count
      var count = 0
      while end >= length, digits[(end - length)..<end].elementsEqual(cycle) {
        end -= length
        count += 1
      }
      if count >= times {
        let kept = String(decoding: digits[..<end], as: UTF8.self)
        return .repeating(
          digits: parts[0] + kept + String(decoding: cycle, as: UTF8.self), fixed: end, cycle: length)
      }
    }
    return nil
  }

  /// `1\frac{4}{5}`, `1 4/5`: an integer and a proper fraction of integers right behind it.
  mutating func mixedNumber(_ whole: MathNode, from start: Int) throws(MathSyntaxError) -> MathNode? {
    guard position == start + 1, integer(at: start) != nil else { return nil }
    var next = position
    var fraction: (Int, Int)?
    if isAt(command: "frac") {
      next += 1
      if case .number(let digits) = current(at: next), digits.utf8.count == 2, let both = integer(at: next) {
        // `\frac12`
        fraction = (both / 10, both % 10)
        next += 1
      } else if let above = braced(&next), let below = braced(&next) {
        fraction = (above, below)
      }
    } else if current?.isSpaced ?? false, let above = integer(at: next), ahead(1)?.isMark("/") ?? false,
      let below = integer(at: next + 2)
    {
      fraction = (above, below)
      next += 3
    }
    guard let (above, below) = fraction, 0 < above, above < below else { return nil }
    position = next
    return .sum(whole, .quotient(.integer(above), .integer(below)))
  }

  func current(at index: Int) -> MathToken.Kind? { index < tokens.count ? tokens[index].kind : nil }

  /// The integer of at most nine digits at a token; nil when something else stands there.
  func integer(at index: Int) -> Int? {
    guard case .number(let digits) = current(at: index), digits.utf8.count <= 9 else { return nil }
    return digits.utf8.allSatisfy(ASCII.isDigit) ? Int(digits) : nil
  }

  /// A digit, or an integer in braces, at `index`, which is moved behind it.
  private func braced(_ index: inout Int) -> Int? {
    if let digit = integer(at: index), digit < 10 {
      index += 1
      return digit
    }
    guard current(at: index) == .mark(0x7B), let value = integer(at: index + 1),
      current(at: index + 2) == .mark(0x7D)
    else { return nil }
    index += 3
    return value
  }

  private static let functionLetters: Set<String> = [
    "f", "g", "h", "F", "G", "H", "P", "phi", "psi", "omega", "Phi",
  ]

  mutating func letter(_ name: String) throws(MathSyntaxError) -> MathNode {
    if !isAt("_") {
      if name == "e" { return .constant(.e) }
      if name == "i" { return .constant(.i) }
      if name == "C", isAt("("), let n = integer(at: position + 1), ahead(2)?.isMark(",") ?? false,
        let k = integer(at: position + 3), ahead(4)?.isMark(")") ?? false
      {
        // C(10, 3)
        position += 5
        return .binomial(.integer(n), .integer(k))
      }
      if isAt("("), Self.functionLetters.contains(name), let application = try application(of: name) {
        return application
      }
    }
    return .symbol(name)
  }

  /// `f(x)`; nil (and nothing is read) when the bracket holds no list of values.
  mutating func application(of name: String) throws(MathSyntaxError) -> MathNode? {
    let known = name.prefix { $0 != "_" && $0 != "'" }
    guard Self.functionLetters.contains(String(known)) else { return nil }
    position += 1
    var arguments = [try side()]
    while isAt(",") {
      position += 1
      arguments.append(try side())
    }
    if case .relation? = current?.kind {
      // `P(X = 2)`
      arguments.append(.words(try textUntilClose()))
    }
    try expect(")")
    return .application(name, arguments)
  }

  private mutating func textUntilClose() throws(MathSyntaxError) -> String {
    var text = ""
    while let token = current, !token.isMark(")") {
      text += Self.text(of: token)
      position += 1
    }
    return text
  }

  /// The argument of a command: a group, or one digit, letter or command.
  mutating func argument() throws(MathSyntaxError) -> MathNode {
    if case .number(let literal) = current?.kind, literal.utf8.count > 1, let first = literal.utf8.first,
      ASCII.isDigit(first)
    {
      tokens[position].kind = .number(String(literal.dropFirst()))
      tokens[position].isSpaced = false
      return .number(ExactDecimal(Int(first - 0x30)))
    }
    if isAt("-") {
      position += 1
      return .negative(try argument())
    }
    return try primary()
  }

  mutating func command(_ name: String) throws(MathSyntaxError) -> MathNode {
    if let function = MathFunction(rawValue: name) { return try apply(function) }
    switch name {
    case "frac":
      let above = try argument()
      return .quotient(above, try argument())
    case "sqrt":
      if isAt("[") {
        position += 1
        guard case .number(let literal) = current?.kind, let degree = Int(literal),
          (2...1000).contains(degree)
        else {
          throw MathSyntaxError("a root whose degree is no number")
        }
        position += 1
        try expect("]")
        return .root(try primary(), degree: degree)
      }
      return .root(try primary(), degree: 2)
    case "surd": return .root(try primary(), degree: 2)
    case "cbrt": return .root(try primary(), degree: 3)
    case "binom":
      let above = try argument()
      return .binomial(above, try argument())
    case "pi": return .constant(.pi)
    case "infty": return .constant(.infinity)
    case "imaginary": return .constant(.i)
    case "emptyset": return .constant(.emptySet)
    case "reals": return .constant(.reals)
    case "integers": return .constant(.integers)
    case "naturals": return .constant(.naturals)
    case "rationals": return .constant(.rationals)
    case "lfloor", "lceil":
      let inside = try sum()
      guard isAt(command: name == "lfloor" ? "rfloor" : "rceil") else { throw unexpected() }
      position += 1
      return .function(name == "lfloor" ? .floor : .ceil, inside)
    case "langle", "{": return try bracketCommand(name)
    case "dollar", "euro", "pound", "yen", "rupee":
      return .quantity(try factor(), unit: name == "rupee" ? "rupees" : name)
    case "overrightarrow", "overleftarrow", "overline", "bar", "widehat", "widetilde", "overarc", "arc",
      "mathring", "dot",
      "ddot":
      return .symbol("\(name == "bar" ? "overline" : name)(\(try subscriptText()))")
    case "textcircled": return .symbol("circled(\(try subscriptText()))")
    case "ldots": return .words("...")
    default: throw MathSyntaxError("\\\(name) is not read")
    }
  }
}
