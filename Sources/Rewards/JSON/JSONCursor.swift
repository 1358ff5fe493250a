/// A run of UTF-8 bytes that somebody else keeps alive.
public typealias UTF8Bytes = UnsafeBufferPointer<UInt8>

/// A strict walk over JSON bytes: every function either moves past one token or throws with the offset.
///
/// The same walk serves the tree parser and the row scanner, so both accept exactly the same texts.
struct JSONCursor {
  let bytes: UTF8Bytes
  let maxDepth: Int
  var position = 0

  init(_ bytes: UTF8Bytes, maxDepth: Int) {
    self.bytes = bytes
    self.maxDepth = maxDepth
  }

  /// A string token: the bytes between its quotes, and whether they hold escapes.
  struct StringToken {
    var start: Int
    var end: Int
    var hasEscapes: Bool
  }

  /// A number token, and whether it is written without fraction and exponent.
  struct NumberToken {
    var start: Int
    var end: Int
    var isInteger: Bool
  }

  @inline(__always) var isAtEnd: Bool { position >= bytes.count }

  /// The byte at the position, 0 at the end (0 is never valid between tokens).
  @inline(__always) var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

  @inline(__always) mutating func skipWhitespace() {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position += 1
    }
  }

  func failure(_ expected: String, kind: JSONError.Kind = .syntax, at offset: Int? = nil) -> JSONError {
    let offset = offset ?? position
    let found: String
    if offset >= bytes.count {
      found = "the end"
    } else {
      let byte = bytes[offset]
      found =
        byte > 0x20 && byte < 0x7F
        ? "'\(Character(UnicodeScalar(byte)))'" : "byte 0x" + String(byte, radix: 16, uppercase: true)
    }
    return JSONError(kind: kind, offset: offset, expected: expected, found: found)
  }

  /// Moves past a string; the position stands on its opening quote.
  mutating func scanString() throws(JSONError) -> StringToken {
    position += 1
    let start = position
    var hasEscapes = false
    while true {
      skipPlainBytes()
      guard position < bytes.count else { throw failure("a closing '\"'") }
      let byte = bytes[position]
      if byte == 0x22 {
        position += 1
        return StringToken(start: start, end: position - 1, hasEscapes: hasEscapes)
      } else if byte == 0x5C {
        hasEscapes = true
        try skipEscape()
      } else if byte < 0x20 {
        throw failure("an escape such as \\n in place of a control character")
      } else if byte >= 0x80 {
        let length = UTF8Check.sequenceLength(bytes, at: position)
        guard length > 0 else { throw failure("valid UTF-8", kind: .invalidUTF8) }
        position += length
      } else {
        position += 1
      }
    }
  }

  /// Moves past bytes of a string that need no look: eight at a time, printable ASCII without quote and
  /// backslash.
  @inline(__always) private mutating func skipPlainBytes() {
    guard let base = bytes.baseAddress else { return }
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    while position + 8 <= bytes.count {
      let word = UInt64(
        littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let slash = word ^ (ones &* 0x5C)
      let special =
        (word | (word &- ones &* 0x20) & ~word | (quote &- ones) & ~quote | (slash &- ones) & ~slash)
        & highs
      if special != 0 {
        position += special.trailingZeroBitCount >> 3
        return
      }
      position += 8
    }
  }

  private mutating func skipEscape() throws(JSONError) {
    position += 1
    switch byte {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: position += 1
    case 0x75:
      let start = position - 1
      let unit = try scanHex()
      if unit >= 0xDC00 && unit <= 0xDFFF {
        throw failure("a high surrogate before this low one", at: start)
      }
      if unit >= 0xD800 && unit <= 0xDBFF {
        guard byte == 0x5C, position + 1 < bytes.count, bytes[position + 1] == 0x75 else {
          throw failure("\\u and a low surrogate after the high one")
        }
        let second = position
        position += 1
        let low = try scanHex()
        guard low >= 0xDC00 && low <= 0xDFFF else { throw failure("a low surrogate", at: second) }
      }
    default: throw failure("one of \" \\ / b f n r t u after the backslash")
    }
  }

  /// Reads `uXXXX`; the position stands on the `u`.
  private mutating func scanHex() throws(JSONError) -> UInt32 {
    position += 1
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Self.hexDigit(byte) else { throw failure("four hexadecimal digits") }
      unit = unit << 4 | digit
      position += 1
    }
    return unit
  }

  @inline(__always) static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x37)
    case 0x61...0x66: UInt32(byte - 0x57)
    default: nil
    }
  }

  /// Moves past a number; the position stands on its minus or first digit.
  mutating func scanNumber() throws(JSONError) -> NumberToken {
    let start = position
    var isInteger = true
    if byte == 0x2D { position += 1 }
    if byte == 0x30 {
      position += 1
      if Self.isDigit(byte) { throw failure("no digit after a leading zero") }
    } else {
      try skipDigits()
    }
    if byte == 0x2E {
      isInteger = false
      position += 1
      try skipDigits()
    }
    if byte == 0x65 || byte == 0x45 {
      isInteger = false
      position += 1
      if byte == 0x2B || byte == 0x2D { position += 1 }
      try skipDigits()
    }
    return NumberToken(start: start, end: position, isInteger: isInteger)
  }

  @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  private mutating func skipDigits() throws(JSONError) {
    guard Self.isDigit(byte) else { throw failure("a digit") }
    while Self.isDigit(byte) { position += 1 }
  }

  /// Moves past `true`, `false` or `null`.
  mutating func scanLiteral(_ literal: StaticString) throws(JSONError) {
    let count = literal.utf8CodeUnitCount
    for index in 0..<count {
      guard position + index < bytes.count, bytes[position + index] == literal.utf8Start[index] else {
        throw failure("a value (NaN, Infinity and bare words are not JSON)")
      }
    }
    position += count
  }

  /// Moves past one value of any kind, checking all of it.
  mutating func skipValue(depth: Int = 0) throws(JSONError) {
    skipWhitespace()
    switch byte {
    case 0x22: _ = try scanString()
    case 0x7B: try skipContainer(closing: 0x7D, depth: depth)
    case 0x5B: try skipContainer(closing: 0x5D, depth: depth)
    case 0x74: try scanLiteral("true")
    case 0x66: try scanLiteral("false")
    case 0x6E: try scanLiteral("null")
    case 0x2D, 0x30...0x39: _ = try scanNumber()
    default: throw failure("a value")
    }
  }

  private mutating func skipContainer(closing: UInt8, depth: Int) throws(JSONError) {
    guard depth < maxDepth else { throw failure("at most \(maxDepth) levels", kind: .limit) }
    position += 1
    skipWhitespace()
    if byte == closing {
      position += 1
      return
    }
    while true {
      if closing == 0x7D {
        try expectKey()
        _ = try scanString()
        try expectColon()
      }
      try skipValue(depth: depth + 1)
      if try !continues(closing: closing) { return }
    }
  }

  /// Checks that an object starts here.
  mutating func expectObject() throws(JSONError) {
    skipWhitespace()
    guard byte == 0x7B else { throw failure("a JSON object '{'") }
  }

  /// Checks that a key starts here.
  mutating func expectKey() throws(JSONError) {
    skipWhitespace()
    guard byte == 0x22 else { throw failure("a key in double quotes") }
  }

  mutating func expectColon() throws(JSONError) {
    skipWhitespace()
    guard byte == 0x3A else { throw failure("':' after the key") }
    position += 1
    skipWhitespace()
  }

  /// Moves past the comma (true) or the closing bracket (false) after an element.
  mutating func continues(closing: UInt8) throws(JSONError) -> Bool {
    skipWhitespace()
    if byte == 0x2C {
      position += 1
      return true
    }
    guard byte == closing else { throw failure(closing == 0x7D ? "',' or '}'" : "',' or ']'") }
    position += 1
    return false
  }

  /// Checks that nothing but white space is left.
  mutating func expectEnd() throws(JSONError) {
    skipWhitespace()
    if !isAtEnd { throw failure("the end of the text") }
  }
}
