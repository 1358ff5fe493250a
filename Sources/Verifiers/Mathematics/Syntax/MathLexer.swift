/// Cuts LaTeX or plain text into tokens. What only shapes the page (`\left`, `$`, spaces, fonts) is dropped.
struct MathLexer {
  /// Longer texts are no answers.
  static let maxBytes = 4_000
  static let maxTokens = 1_200

  let bytes: [UInt8]
  var position = 0
  var tokens: [MathToken] = []
  var isSpaced = false
  /// For each open bracket: whether a comma with a space behind it separates its parts.
  var brackets: [Bool] = []
  /// For each open brace: whether it was opened by a command for text, so that its end ends the text.
  var braces: [Brace] = []
  var isText = false

  enum Brace { case group, text, dropped }

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

  func byte(_ offset: Int = 0) -> UInt8 {
    position + offset < bytes.count ? bytes[position + offset] : 0
  }

  func starts(_ text: String, at index: Int) -> Bool {
    bytes[min(index, bytes.count)...].starts(with: text.utf8)
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  mutating func emit(_ kind: MathToken.Kind) {
    tokens.append(MathToken(kind: kind, isSpaced: isSpaced))
    isSpaced = false
  }

  mutating func run() throws(MathSyntaxError) {
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
}
