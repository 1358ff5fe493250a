import Rewards

/// Text the way the reference packages of this folder see it: Unicode scalars, white space as in Python's
/// `str.split`, lower case as in Python's `str.lower`.
enum UnicodeText {
  /// Bytes of the white space that stands at `index`; 0 when none stands there.
  @inline(__always) static func spaceLength(_ bytes: UTF8Bytes, at index: Int) -> Int {
    let byte = bytes[index]
    if byte < 0x80 { return byte == 0x20 || byte &- 0x09 < 5 || byte &- 0x1C < 4 ? 1 : 0 }
    guard byte == 0xC2 || byte == 0xE1 || byte == 0xE2 || byte == 0xE3, index + 1 < bytes.count else {
      return 0
    }
    let second = bytes[index + 1]
    if byte == 0xC2 { return second == 0x85 || second == 0xA0 ? 2 : 0 }
    guard index + 2 < bytes.count else { return 0 }
    let third = bytes[index + 2]
    switch (byte, second) {
    case (0xE1, 0x9A), (0xE3, 0x80): return third == 0x80 ? 3 : 0
    case (0xE2, 0x80): return third <= 0x8A || third == 0xA8 || third == 0xA9 || third == 0xAF ? 3 : 0
    case (0xE2, 0x81): return third == 0x9F ? 3 : 0
    default: return 0
    }
  }

  /// Calls `body` with each maximal run of bytes without white space.
  @inline(__always) static func forEachWord(in bytes: UTF8Bytes, _ body: (UTF8Bytes) -> Void) {
    var index = 0
    var start = 0
    while index < bytes.count {
      let length = spaceLength(bytes, at: index)
      if length == 0 {
        index += 1
        continue
      }
      if start < index { body(UTF8Bytes(rebasing: bytes[start..<index])) }
      index += length
      start = index
    }
    if start < index { body(UTF8Bytes(rebasing: bytes[start..<index])) }
  }

  /// The scalars of `bytes` in order, white space left out unless `keepsSpaces`.
  static func scalars(of bytes: UTF8Bytes, keepsSpaces: Bool) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if !keepsSpaces {
        let length = spaceLength(bytes, at: index)
        if length > 0 {
          index += length
          continue
        }
      }
      let (scalar, length) = scalar(bytes, at: index)
      result.append(scalar)
      index += length
    }
    return result
  }

  /// The scalar that begins at `index`, and its length in bytes. The bytes are valid UTF-8.
  @inline(__always) static func scalar(_ bytes: UTF8Bytes, at index: Int) -> (scalar: UInt32, length: Int) {
    let lead = UInt32(bytes[index])
    if lead < 0x80 { return (lead, 1) }
    let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    var scalar = lead & (0x7F >> UInt32(length))
    for next in bytes[min(index + 1, bytes.count)..<min(index + length, bytes.count)] {
      scalar = scalar << 6 | UInt32(next & 0x3F)
    }
    return (scalar, length)
  }

  /// `text` in lower case: full mappings, and a capital sigma at the end of a word becomes a final one.
  static func lowercased(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
      if scalar.isASCII {
        result.append(scalar.value &- 0x41 < 26 ? Unicode.Scalar(UInt8(scalar.value | 0x20)) : scalar)
      } else if scalar == "\u{3A3}" {
        result.append(isFinalSigma(scalars, index) ? "\u{3C2}" : "\u{3C3}")
      } else {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return String(result)
  }

  /// Unicode's Final_Sigma: a cased letter before, none after, case-ignorable characters skipped.
  private static func isFinalSigma(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    func isCased(_ range: some Sequence<Int>) -> Bool {
      for position in range where !scalars[position].properties.isCaseIgnorable {
        return scalars[position].properties.isCased
      }
      return false
    }
    return isCased(stride(from: index - 1, through: 0, by: -1)) && !isCased(index + 1..<scalars.count)
  }
}
