import Foundation

/// What BERT does to a text before cutting it into words.
enum BertNormalizer {
  /// Control characters go, white space becomes a blank, CJK ideographs get blanks around them; with `lowercases`
  /// letters are decomposed, their marks dropped, and the rest made lower case, scalar by scalar.
  static func normalize(_ text: String, lowercases: Bool) -> String {
    var cleaned = String.UnicodeScalarView()
    var isASCII = true
    for scalar in text.unicodeScalars {
      let classes = CharacterClass.of(scalar.value)
      if classes.contains(.removed) { continue }
      if classes.contains(.blank) {
        cleaned.append(" ")
      } else if isIdeograph(scalar.value) {
        cleaned.append(" ")
        cleaned.append(scalar)
        cleaned.append(" ")
        isASCII = false
      } else {
        isASCII = isASCII && scalar.value < 0x80
        cleaned.append(scalar)
      }
    }
    guard lowercases else { return String(cleaned) }
    if isASCII { return String(cleaned).lowercased() }
    var result = String.UnicodeScalarView()
    for scalar in String(cleaned).decomposedStringWithCanonicalMapping.unicodeScalars {
      if scalar.value < 0x80 {
        result.append(
          (0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
      } else if !CharacterClass.of(scalar.value).contains(.mark) {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return String(result)
  }

  private static func isIdeograph(_ value: UInt32) -> Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
      0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}
