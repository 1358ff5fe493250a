/// The rule of yes/no and multiple-choice questions.
public enum ChoiceAnswer {
  /// 1 when the answer names the reference's choice, else 0.
  ///
  /// A reference that is one letter is named by `B`, `(B)`, `B.`, `B: text`, or by the text of that option; any
  /// other reference by itself. Texts are compared in lower case without ASCII punctuation. An answer without a
  /// letter or digit names nothing.
  public static func score(_ answer: String, reference: String, options: [String] = []) -> Double {
    guard let wanted = letter(in: reference), isLetterAlone(reference) else {
      let wanted = normalized(reference)
      return !wanted.isEmpty && normalized(answer) == wanted ? 1 : 0
    }
    let index = Int(wanted) - 0x61
    if index < options.count {
      let text = normalized(options[index])
      // The option's text decides alone: an option may itself be a letter.
      if !text.isEmpty, normalized(answer) == text { return 1 }
    }
    return letter(in: answer) == wanted ? 1 : 0
  }

  /// The letter that `text` begins with in one of the forms, in lower case.
  private static func letter(in text: String) -> UInt8? {
    var bytes = Array(text.utf8)[...]
    bytes = bytes.drop(while: ASCII.isSpace)
    while let last = bytes.last, ASCII.isSpace(last) { bytes.removeLast() }
    let isOpen = bytes.first == 0x28
    if isOpen { bytes.removeFirst() }
    guard let first = bytes.popFirst(), ASCII.isLetter(first) else { return nil }
    if isOpen {
      guard bytes.popFirst() == 0x29 else { return nil }
      if let next = bytes.first, !ASCII.isSpace(next), next != 0x3A, next != 0x2E { return nil }
    } else if let mark = bytes.first, mark != 0x2E, mark != 0x3A, mark != 0x29 {
      return nil
    }
    return ASCII.lower(first)
  }

  private static func isLetterAlone(_ text: String) -> Bool { normalized(text).utf8.count == 1 }

  private static func normalized(_ text: String) -> String {
    let kept = UnicodeText.lowercased(text).unicodeScalars.filter {
      !(0x21...0x7E ~= $0.value) || $0.properties.isAlphabetic || 0x30...0x39 ~= $0.value
    }
    return String(kept).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
