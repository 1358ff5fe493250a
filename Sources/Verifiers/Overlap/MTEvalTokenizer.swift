import Rewards

/// The tokenizer of mteval-v13a (WMT), as sacrebleu writes it: entities decoded, punctuation set apart, periods and
/// commas kept inside numbers. It works on bytes: every rule asks about ASCII characters only.
enum MTEvalTokenizer {
  /// `bytes` with a space around every token. Linear time.
  static func spaced(_ bytes: UTF8Bytes) -> [UInt8] {
    var text: [UInt8] = Array(bytes)
    for (needle, replacement) in replacements where text.contains(needle[0]) {
      text = replacing(needle, with: replacement, in: text)
    }
    text = [0x20] + text + [0x20]
    text = symbolsApart(text)
    text = pairs(text, where: { !ASCII.isDigit($0) && isPoint($1) }, spaceBefore: false)
    text = pairs(text, where: { isPoint($0) && !ASCII.isDigit($1) }, spaceBefore: true)
    return pairs(text, where: { ASCII.isDigit($0) && $1 == 0x2D }, spaceBefore: false)
  }

  private static let replacements: [([UInt8], [UInt8])] = [
    ("<skipped>", ""), ("-\n", ""), ("\n", " "), ("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"),
    ("&gt;", ">"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  private static func replacing(_ needle: [UInt8], with new: [UInt8], in text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    text.withUnsafeBufferPointer { bytes in
      var position = 0
      while let start = ASCII.find(needle, in: bytes, from: position) {
        result.append(contentsOf: bytes[position..<start])
        result.append(contentsOf: new)
        position = start + needle.count
      }
      result.append(contentsOf: bytes[position...])
    }
    return result
  }

  private static func isPoint(_ byte: UInt8) -> Bool { byte == 0x2E || byte == 0x2C }

  /// Spaces around every ASCII symbol except `'`, `,`, `-` and `.`.
  private static func symbolsApart(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 2)
    for byte in text {
      switch byte {
      case 0x20...0x26, 0x28...0x2B, 0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E:
        result.append(0x20)
        result.append(byte)
        result.append(0x20)
      default: result.append(byte)
      }
    }
    return result
  }

  /// Sets the two members of every pair apart, pairs found from left to right without overlap: "ab" becomes
  /// "a b " or, with `spaceBefore`, " a b".
  @inline(__always) private static func pairs(
    _ text: [UInt8], where isPair: (UInt8, UInt8) -> Bool, spaceBefore: Bool
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 4)
    var index = 0
    while index < text.count {
      if index + 1 < text.count, isPair(text[index], text[index + 1]) {
        if spaceBefore { result.append(0x20) }
        result.append(text[index])
        result.append(0x20)
        result.append(text[index + 1])
        if !spaceBefore { result.append(0x20) }
        index += 2
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }
}
