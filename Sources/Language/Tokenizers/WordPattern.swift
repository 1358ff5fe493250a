/// The patterns that byte-level tokenizers cut text into words with, matched by hand. Each of them matches at every
/// place of every text, so the words are the matches, end to end.
enum WordPattern: Sendable, Equatable {
  /// GPT-2: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
  case gpt2
  /// Llama 3 (`maxDigits` 3) and Qwen 2 (1): contractions in any case, one leading character that may be anything
  /// but a line end, a letter or a number before letters, numbers in groups, line ends kept together.
  case llama3(maxDigits: Int)

  private static let llamaHead =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"#
  private static let llamaTail =
    #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// The pattern with this regular expression; nil when it is not one of those above.
  init?(regex: String) {
    switch regex {
    case #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
      #"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#:
      self = .gpt2
    case Self.llama3Regex(maxDigits: 3): self = .llama3(maxDigits: 3)
    case Self.llama3Regex(maxDigits: 1): self = .llama3(maxDigits: 1)
    default: return nil
    }
  }

  static func llama3Regex(maxDigits: Int) -> String {
    llamaHead + (maxDigits == 1 ? #"\p{N}"# : #"\p{N}{1,\#(maxDigits)}"#) + llamaTail
  }

  /// The end of the word that begins at `start`, seeing nothing at or beyond `end`.
  @inline(__always)
  func match(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    switch self {
    case .gpt2: Self.matchGPT2(text, start, end)
    case .llama3(let maxDigits): Self.matchLlama3(text, start, end, maxDigits)
    }
  }

  private typealias Text = UnsafeBufferPointer<UInt8>

  private static func matchGPT2(_ text: Text, _ start: Int, _ end: Int) -> Int {
    if text[start] == UInt8(ascii: "'"), let next = contraction(text, start, end, anyCase: false) {
      return next
    }
    var (classes, next) = text.characterClass(at: start)
    if text[start] == 0x20, next < end {
      let after = text.characterClass(at: next)
      if !after.classes.contains(.space) { (classes, next) = after }
    }
    if classes.contains(.space) { return spaces(text, start, end) }
    return run(text, next, end, sameAs: classes)
  }

  private static func matchLlama3(_ text: Text, _ start: Int, _ end: Int, _ maxDigits: Int) -> Int {
    if text[start] == UInt8(ascii: "'"), let next = contraction(text, start, end, anyCase: true) {
      return next
    }
    let (classes, next) = text.characterClass(at: start)
    if classes.contains(.letter) { return run(text, next, end, sameAs: .letter) }
    if classes.contains(.number) {
      var index = next
      for _ in 1..<max(1, maxDigits) where index < end {
        let (more, after) = text.characterClass(at: index)
        guard more.contains(.number) else { break }
        index = after
      }
      return index
    }
    if next < end {
      let (more, after) = text.characterClass(at: next)
      if more.contains(.letter), !isLineEnd(text[start]) { return run(text, after, end, sameAs: .letter) }
      if text[start] == 0x20, more.isDisjoint(with: [.space, .letter, .number]) {
        return lineEnds(text, run(text, after, end, sameAs: []), end)
      }
    }
    if !classes.contains(.space) { return lineEnds(text, run(text, next, end, sameAs: []), end) }
    var index = start
    var afterLineEnd = start
    while index < end {
      let (more, after) = text.characterClass(at: index)
      guard more.contains(.space) else { break }
      if isLineEnd(text[index]) { afterLineEnd = after }
      index = after
    }
    return afterLineEnd > start ? afterLineEnd : spaces(text, start, end)
  }

  /// `\s+(?!\S)|\s+`: all of the white space at the end of the text, else all but its last character.
  private static func spaces(_ text: Text, _ start: Int, _ end: Int) -> Int {
    var (index, last) = (start, start)
    while index < end {
      let (classes, next) = text.characterClass(at: index)
      guard classes.contains(.space) else { return last > start ? last : index }
      (last, index) = (index, next)
    }
    return index
  }

  /// The end of the longest run of letters, of numbers, or of what is neither and not white space.
  @inline(__always)
  private static func run(_ text: Text, _ start: Int, _ end: Int, sameAs classes: CharacterClass) -> Int {
    let all: CharacterClass = [.letter, .number, .space]
    let kind = classes.intersection(all)
    var index = start
    while index < end {
      let (more, next) = text.characterClass(at: index)
      guard more.intersection(all) == kind else { break }
      index = next
    }
    return index
  }

  private static func lineEnds(_ text: Text, _ start: Int, _ end: Int) -> Int {
    var index = start
    while index < end, isLineEnd(text[index]) { index += 1 }
    return index
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  /// The end of one of 's 't 're 've 'm 'll 'd after the apostrophe at `start`.
  private static func contraction(_ text: Text, _ start: Int, _ end: Int, anyCase: Bool) -> Int? {
    func byte(_ offset: Int) -> UInt8 {
      guard start + offset < end else { return 0 }
      let value = text[start + offset]
      return anyCase && value >= 0x41 && value <= 0x5A ? value | 0x20 : value
    }
    switch byte(1) {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"): return byte(2) == UInt8(ascii: "e") ? start + 3 : nil
    case UInt8(ascii: "l"): return byte(2) == UInt8(ascii: "l") ? start + 3 : nil
    case 0xC5 where anyCase && byte(2) == 0xBF: return start + 3  // the long s folds to s
    default: return nil
    }
  }
}
