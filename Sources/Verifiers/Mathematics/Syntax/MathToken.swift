/// A lexical part of a mathematical text.
struct MathToken: Equatable {
  enum Kind: Equatable {
    /// Digits with at most one point, separators removed.
    case number(String)
    /// One variable.
    case letter(String)
    /// A word of running text.
    case word(String)
    /// A LaTeX command or a function written in letters, under its canonical name.
    case command(String)
    case relation(MathRelation)
    /// ASCII punctuation.
    case mark(UInt8)
    /// `\\` in a matrix.
    case rowBreak
    case begin(String)
    case end(String)
  }

  var kind: Kind
  /// White space stood before it.
  var isSpaced: Bool

  func isMark(_ character: Character) -> Bool { kind == .mark(character.asciiValue ?? 0) }
}

/// A text that is not an answer in the notation that is read.
struct MathSyntaxError: Error, Equatable, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
