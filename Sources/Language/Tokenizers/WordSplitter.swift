/// Cuts a text as SmolLM's pre-tokenizer does: every number character is a piece of its own, and GPT-2's pattern
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+` cuts what lies between.
enum WordSplitter {
  private enum Kind { case letter, space, other }

  /// The words as ranges, in order; together they cover the text.
  static func words(_ text: [Unicode.Scalar]) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var start = 0
    for index in text.indices where isNumber(text[index]) {
      split(text, start..<index, into: &words)
      words.append(index..<(index + 1))
      start = index + 1
    }
    split(text, start..<text.count, into: &words)
    return words
  }

  /// GPT-2's pattern on a stretch without number characters; it does not look past the stretch's end.
  private static func split(_ text: [Unicode.Scalar], _ range: Range<Int>, into words: inout [Range<Int>]) {
    let end = range.upperBound
    var index = range.lowerBound
    while index < end {
      if text[index] == "'", let length = contraction(text, index, end) {
        words.append(index..<(index + length))
        index += length
        continue
      }
      let first = kind(text[index])
      let isLedBySpace = text[index] == " " && index + 1 < end && kind(text[index + 1]) != .space
      if first != .space || isLedBySpace {
        var stop = isLedBySpace ? index + 1 : index
        let run = kind(text[stop])
        while stop < end, kind(text[stop]) == run { stop += 1 }
        words.append(index..<stop)
        index = stop
        continue
      }
      var stop = index
      while stop < end, kind(text[stop]) == .space { stop += 1 }
      // Before a word the last blank is left to it, unless it is the only one.
      if stop < end, stop - index > 1 { stop -= 1 }
      words.append(index..<stop)
      index = stop
    }
  }

  private static func contraction(_ text: [Unicode.Scalar], _ index: Int, _ end: Int) -> Int? {
    guard index + 1 < end else { return nil }
    switch text[index + 1] {
    case "s", "t", "m", "d": return 2
    case "r", "v": return index + 2 < end && text[index + 2] == "e" ? 3 : nil
    case "l": return index + 2 < end && text[index + 2] == "l" ? 3 : nil
    default: return nil
    }
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    if scalar.isASCII {
      if scalar.value == 32 || (9...13).contains(scalar.value) { return .space }
      return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) ? .letter : .other
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
    default: return scalar.properties.isWhitespace ? .space : .other
    }
  }

  private static func isNumber(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return ("0"..."9").contains(scalar) }
    switch scalar.properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: return true
    default: return false
    }
  }
}
