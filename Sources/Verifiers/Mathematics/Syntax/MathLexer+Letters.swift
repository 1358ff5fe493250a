/// Letters, words and functions written without a backslash.
extension MathLexer {
  mutating func letters() {
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

  static func plainCommand(_ run: String) -> String? {
    if MathVocabulary.plainCommands.contains(run) { return run }
    let lower = run.lowercased()
    return lower != run && run.utf8.count > 2 && run != "Gamma" && run != "Sigma" && run != "Omega"
      && run != "Lambda" && run != "Theta" && run != "Phi" && MathVocabulary.plainCommands.contains(lower)
      ? lower : nil
  }
}
