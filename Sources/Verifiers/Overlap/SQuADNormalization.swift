import Rewards

/// The normalisation of SQuAD's evaluation script: lower case, ASCII punctuation removed, the words a, an and the
/// removed, white space made single.
enum SQuADNormalization {
  /// The words of `text` after normalisation, numbered by `table`. Linear time.
  static func words(of text: String, _ table: inout WordTable) -> [UInt32] {
    var bytes: [UInt8] = []
    var lower = UnicodeText.lowercased(text)
    lower.withUTF8 { text in
      bytes.reserveCapacity(text.count)
      for byte in text where !isPunctuation(byte) { bytes.append(byte) }
    }
    var words: [UInt32] = []
    bytes.withUnsafeBufferPointer { bytes in
      UnicodeText.forEachWord(in: bytes) { word in
        withoutArticles(word) { words.append(table.number(of: $0)) }
      }
    }
    return words
  }

  @inline(__always) private static func isPunctuation(_ byte: UInt8) -> Bool {
    0x21...0x7E ~= byte && !ASCII.isLetter(byte) && !ASCII.isDigit(byte)
  }

  /// Calls `body` with what is left of a word once the articles in it have become spaces. An article can touch
  /// characters that are neither letters nor numbers: a combining mark, a currency sign.
  @inline(__always) private static func withoutArticles(_ word: UTF8Bytes, _ body: (UTF8Bytes) -> Void) {
    var start = 0
    var index = 0
    var isInWord = false
    while index < word.count {
      if !isInWord {
        let length = articleLength(word, at: index)
        if length > 0 {
          if start < index { body(UTF8Bytes(rebasing: word[start..<index])) }
          index += length
          start = index
          // A letter cannot follow an article, so whatever follows begins a word.
          continue
        }
      }
      let (scalar, length) = UnicodeText.scalar(word, at: index)
      isInWord = isLetterOrNumber(scalar)
      index += length
    }
    if start < index { body(UTF8Bytes(rebasing: word[start..<index])) }
  }

  /// The length of the article that stands at `index`, where a word begins; 0 when none does.
  @inline(__always) private static func articleLength(_ word: UTF8Bytes, at index: Int) -> Int {
    guard word[index] == 0x61 || word[index] == 0x74 else { return 0 }
    let length =
      ASCII.starts("the", in: word, at: index) ? 3 : ASCII.starts("an", in: word, at: index) ? 2 : 1
    if length == 1, word[index] == 0x74 { return 0 }
    let end = index + length
    return end == word.count || !isLetterOrNumber(UnicodeText.scalar(word, at: end).scalar) ? length : 0
  }

  /// A letter or a number of any script, as in Python's `\w` (an underscore is punctuation and gone by then).
  @inline(__always) private static func isLetterOrNumber(_ value: UInt32) -> Bool {
    if value < 0x80 { return ASCII.isLetter(UInt8(value)) || ASCII.isDigit(UInt8(value)) }
    guard let scalar = Unicode.Scalar(value) else { return false }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
    default: return scalar.properties.numericType != nil
    }
  }
}
