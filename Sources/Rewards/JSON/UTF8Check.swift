/// Validation of UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF).
public enum UTF8Check {
  /// Length in bytes (1 to 4) of the valid sequence at `index`, or 0 when there is none.
  @inlinable public static func sequenceLength(_ bytes: UTF8Bytes, at index: Int) -> Int {
    let left = bytes.count - index
    guard left > 0 else { return 0 }
    let first = bytes[index]
    if first < 0x80 { return 1 }
    guard first >= 0xC2, left >= 2 else { return 0 }
    let second = bytes[index + 1]
    if first < 0xE0 { return second & 0xC0 == 0x80 ? 2 : 0 }
    if first < 0xF0 {
      guard left >= 3, bytes[index + 2] & 0xC0 == 0x80 else { return 0 }
      let low: UInt8 = first == 0xE0 ? 0xA0 : 0x80
      let high: UInt8 = first == 0xED ? 0x9F : 0xBF
      return second >= low && second <= high ? 3 : 0
    }
    guard first <= 0xF4, left >= 4 else { return 0 }
    guard bytes[index + 2] & 0xC0 == 0x80, bytes[index + 3] & 0xC0 == 0x80 else { return 0 }
    let low: UInt8 = first == 0xF0 ? 0x90 : 0x80
    let high: UInt8 = first == 0xF4 ? 0x8F : 0xBF
    return second >= low && second <= high ? 4 : 0
  }

  /// Offset of the first byte that starts no valid sequence; nil when all of the bytes are UTF-8.
  public static func firstInvalid(_ bytes: UTF8Bytes) -> Int? {
    var index = 0
    while index < bytes.count {
      let length = sequenceLength(bytes, at: index)
      if length == 0 { return index }
      index += length
    }
    return nil
  }
}
