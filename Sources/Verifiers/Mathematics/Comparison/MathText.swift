/// Answers that are words, and the spelling of those that are not read.
enum MathText {
  private static let numbers = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen",
    "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
  ]

  private static let meanings: [String: MathNode] = {
    var table: [String: MathNode] = [:]
    for text in [
      "no solution", "no solutions", "none", "no real solution", "no real solutions", "empty set",
      "the empty set", "no real roots", "no roots",
    ] {
      table[text] = .constant(.emptySet)
    }
    for text in [
      "all real numbers", "all reals", "any real number", "real numbers", "all real values",
      "the real numbers", "the set of all real numbers",
    ] { table[text] = .constant(.reals) }
    for (value, text) in numbers.enumerated() { table[text] = .integer(value) }
    table["infinite"] = .constant(.infinity)
    return table
  }()

  /// The value or set that words name; nil when they name none.
  static func meaning(of words: String) -> MathNode? {
    for opening in ["there is ", "there are ", "there exists "] where words.hasPrefix(opening) {
      return meanings[String(words.dropFirst(opening.count))]
    }
    return meanings[words]
  }

  /// Words as they are compared: lower case, without articles and marks.
  static func words(_ text: String) -> [Substring] {
    text.lowercased().split { !($0.isLetter || $0.isNumber) }.filter {
      !["the", "a", "an", "is", "it", "they", "are"].contains($0)
    }
  }

  /// The text has words besides commands, and its braces match: it can be compared by its spelling.
  static func isRunningText(_ text: String) -> Bool {
    if operators.contains(where: text.contains) { return false }
    guard text.count(where: { $0 == "{" }) == text.count(where: { $0 == "}" }) else { return false }
    var isCommand = false
    var length = 0
    var words = 0
    for character in text {
      if character == "\\" { isCommand = true } else if !character.isLetter { isCommand = false }
      length = character.isLetter && !isCommand ? length + 1 : 0
      if length == 2 { words += 1 }
    }
    return words > 0
  }

  /// What a formula has and a sentence does not, although it is not read.
  private static let operators = [
    "\\int", "\\iint", "\\oint", "\\sum", "\\prod", "\\lim", "\\partial", "\\nabla",
  ]

  private static let dropped = [
    "\\text", "\\mathrm", "\\mbox", "\\textbf", "\\mathbf", "\\operatorname", "\\left", "\\right",
    "\\displaystyle", "\\,", "\\!", "\\;", "\\:", "\\ ", "\\(", "\\)", "\\[", "\\]", "$", "{", "}", "~", "*",
    "\"",
  ]

  /// The spelling without what only shapes the page, in lower case.
  static func spelling(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    outer: while let first = rest.first {
      if first == "\\" || first == "$" || first == "{" || first == "}" || first == "~" || first == "*"
        || first == "\""
      {
        for word in Self.dropped where rest.hasPrefix(word) {
          let after = rest.dropFirst(word.count)
          if word.utf8.count > 2, let next = after.first, next.isLetter, word.hasPrefix("\\"),
            word != "\\left", word != "\\right"
          {
            continue
          }
          rest = after
          continue outer
        }
        if rest.hasPrefix("\\dfrac") || rest.hasPrefix("\\tfrac") {
          result += "\\frac"
          rest = rest.dropFirst(6)
          continue
        }
      }
      if !first.isWhitespace { result += first.lowercased() }
      rest = rest.dropFirst()
    }
    while result.last == "." { result.removeLast() }
    return result
  }

  /// A letter from A to J stands alone, or first behind a command or a mark: without one there is no choice.
  private static func hasLoneLetter(_ text: String) -> Bool {
    var last: UInt8 = 0
    var isCandidate = false
    for byte in text.utf8 {
      if isCandidate, !ASCII.isLetter(byte) { return true }
      let lower = byte | 0x20
      isCandidate = lower >= 0x61 && lower <= 0x6A && !ASCII.isLetter(last) && last != 0x5C
      last = byte
    }
    return isCandidate
  }

  /// A multiple-choice answer.
  struct Choice {
    /// Upper case.
    var letter: Character
    /// What stands behind the letter.
    var text: String
    var isAlone: Bool { text.isEmpty }
  }

  /// The letter of a multiple-choice answer: `(B)`, `B.`, `Option B`, `\text{(B)}`, with what follows it.
  static func choice(_ text: String) -> Choice? {
    guard hasLoneLetter(text) else { return nil }
    var rest = Substring(text.filter { !"$*{}".contains($0) })
    for wrapper in ["\\textbf", "\\text", "\\mathrm", "\\mathbf", "\\boxed", "\\left", "\\mbox", "\\bf"]
    where rest.contains(wrapper) {
      rest = Substring(rest.replacing(wrapper, with: ""))
    }
    rest = Substring(
      rest.replacing("\\right", with: "").replacing("\\ ", with: " ").replacing("~", with: " "))
    func skipBlanks() { rest = rest.drop { $0.isWhitespace } }
    skipBlanks()
    var isNamed = false
    for word in [
      "the correct answer is", "the answer is", "answer is", "answer:", "answer", "option", "choice",
    ]
    where rest.lowercased().hasPrefix(word) {
      rest = rest.dropFirst(word.count)
      skipBlanks()
      isNamed = true
    }
    for word in ["option", "choice"] where rest.lowercased().hasPrefix(word) {
      rest = rest.dropFirst(word.count)
      skipBlanks()
      isNamed = true
    }
    let isOpened = rest.first == "(" || rest.first == "["
    if isOpened { rest = rest.dropFirst() }
    skipBlanks()
    guard let letter = rest.first, letter.isASCII, letter.isLetter,
      ("A"..."J").contains(letter) || isOpened || isNamed,
      ("A"..."J").contains(Character(letter.uppercased()))
    else { return nil }
    rest = rest.dropFirst()
    skipBlanks()
    let mark = rest.first
    if let mark, mark == ")" || mark == "]" {
      rest = rest.dropFirst()
    } else if isOpened {
      return nil
    }
    if let mark = rest.first, mark == "." || mark == ":" { rest = rest.dropFirst() }
    skipBlanks()
    if rest.isEmpty { return Choice(letter: Character(letter.uppercased()), text: "") }
    // `A) 12`, `A. 12`, `(A) 12`: a letter with its text; `A + 1` and `A_1` are formulas.
    let isMarked = mark == ")" || mark == "." || mark == ":"
    let isNegative = mark == ":" && rest.first == "-" && (rest.dropFirst().first?.isNumber ?? false)
    guard isMarked, let next = rest.first, isNegative || !"+-=*/^_<>,)".contains(next), !rest.hasPrefix("\\c")
    else {
      return nil
    }
    return isOpened && ("a"..."j").contains(letter)
      ? nil : Choice(letter: Character(letter.uppercased()), text: String(rest))
  }
}
