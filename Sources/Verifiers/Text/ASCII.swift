import Foundation
import Rewards

/// Byte tests and searches of the verifiers. Letters are folded in ASCII only: bytes of other scripts
/// compare as is.
enum ASCII {
  @inline(__always) static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }
  @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  @inline(__always) static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
  /// A letter, a digit, an underscore or any byte of a non-ASCII character.
  @inline(__always) static func isWord(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == 0x5F || byte >= 0x80
  }
  @inline(__always) static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  /// `bytes` without white space at both ends.
  static func trimmed(_ bytes: UTF8Bytes) -> UTF8Bytes {
    var start = 0
    var end = bytes.count
    while start < end, isSpace(bytes[start]) { start += 1 }
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    return UTF8Bytes(rebasing: bytes[start..<end])
  }

  /// Offset of the first occurrence of `needle` at or after `start`; nil when there is none.
  static func find(_ needle: [UInt8], in bytes: UTF8Bytes, from start: Int = 0) -> Int? {
    guard let base = bytes.baseAddress, let first = needle.first else { return nil }
    var position = start
    while position + needle.count <= bytes.count {
      let length = bytes.count - needle.count + 1 - position
      guard let hit = memchr(base + position, Int32(first), length) else { return nil }
      position = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
      if memcmp(base + position, needle, needle.count) == 0 { return position }
      position += 1
    }
    return nil
  }

  /// Offset of the last occurrence of `needle` that starts before `limit`; nil when there is none.
  static func findLast(
    _ needle: StaticString, in bytes: UTF8Bytes, before limit: Int? = nil, ignoringCase: Bool = false
  ) -> Int? {
    let count = needle.utf8CodeUnitCount
    let pattern = needle.utf8Start
    guard count > 0, bytes.count >= count, let start = bytes.baseAddress else { return nil }
    var position = min(bytes.count - count, (limit ?? bytes.count) - 1)
    if !ignoringCase {
      // Forwards: most texts do not hold the first byte at all, and memchr sees that many bytes at a time.
      var last: Int?
      var from = 0
      while from <= position, let hit = memchr(start + from, Int32(pattern[0]), position - from + 1) {
        let place = UnsafeRawPointer(hit) - UnsafeRawPointer(start)
        if starts(needle, in: bytes, at: place) { last = place }
        from = place + 1
      }
      return last
    }
    while position >= 0 {
      var index = 0
      while index < count, lower(bytes[position + index]) == pattern[index] { index += 1 }
      if index == count { return position }
      position -= 1
    }
    return nil
  }

  /// Whether `text` stands at `position`.
  @inline(__always) static func starts(_ text: StaticString, in bytes: UTF8Bytes, at position: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position >= 0, position + count <= bytes.count else { return false }
    for index in 0..<count where bytes[position + index] != text.utf8Start[index] { return false }
    return true
  }
}
