/// The normalisation of SQuAD's evaluation script: lower case, ASCII punctuation removed, the words a, an and the
/// removed, white space made single.
enum SQuADNormalization {
  /// The words of `text` after normalisation. Linear time.
  static func words(of text: String) -> [String] {
    var scalars: [Unicode.Scalar] = []
    for scalar in UnicodeText.lowercased(text).unicodeScalars where !isPunctuation(scalar) {
      scalars.append(scalar)
    }
    var words: [String] = []
    var word = String.UnicodeScalarView()
    func finish() {
      if !word.isEmpty { words.append(String(word)) }
      word.removeAll()
    }
    var index = 0
    while index < scalars.count {
      if isArticleStart(scalars, index) {
        let length = articleLength(scalars, at: index)
        if length > 0 {
          finish()
          index += length
          continue
        }
      }
      if isSpace(scalars[index]) { finish() } else { word.append(scalars[index]) }
      index += 1
    }
    finish()
    return words
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    guard 0x21...0x7E ~= value else { return false }
    return !(0x30...0x39 ~= value || 0x41...0x5A ~= value || 0x61...0x7A ~= value)
  }

  private static func isArticleStart(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    (scalars[index] == "a" || scalars[index] == "t") && (index == 0 || !isWord(scalars[index - 1]))
  }

  /// The length of the article that begins at `index`, where a word begins; 0 when it is another word.
  private static func articleLength(_ scalars: [Unicode.Scalar], at index: Int) -> Int {
    for article in [["a"], ["a", "n"], ["t", "h", "e"]] as [[Unicode.Scalar]] {
      let end = index + article.count
      guard end <= scalars.count, scalars[index..<end].elementsEqual(article) else { continue }
      if end == scalars.count || !isWord(scalars[end]) { return article.count }
    }
    return 0
  }

  /// A letter or a number of any script, as in Python's `\w` (an underscore is punctuation and gone by then).
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.properties.isAlphabetic || 0x30...0x39 ~= scalar.value }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
    default: return scalar.properties.numericType != nil
    }
  }

  /// White space as in Python's `str.split`.
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    0x1C...0x1F ~= scalar.value || scalar.properties.isWhitespace
  }
}
