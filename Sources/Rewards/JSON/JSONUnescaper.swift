import Foundation

/// Turns the inside of a JSON string into its text. The result is never longer than the source.
enum JSONUnescaper {
  /// Writes the text of `raw`, which ``JSONCursor`` has checked, and returns its length in bytes.
  static func unescape(_ raw: UTF8Bytes, into target: UnsafeMutableBufferPointer<UInt8>) -> Int {
    guard let source = raw.baseAddress, let output = target.baseAddress else { return 0 }
    var read = 0
    var written = 0
    let count = raw.count
    while read < count {
      var run = count - read
      if let slash = memchr(source + read, 0x5C, run) {
        run = UnsafeRawPointer(slash) - UnsafeRawPointer(source + read)
      }
      memcpy(output + written, source + read, run)
      read += run
      written += run
      if read == count { break }
      let kind = source[read + 1]
      read += 2
      switch kind {
      case 0x62: output[written] = 0x08
      case 0x66: output[written] = 0x0C
      case 0x6E: output[written] = 0x0A
      case 0x72: output[written] = 0x0D
      case 0x74: output[written] = 0x09
      case 0x75:
        var scalar = unit(source + read)
        read += 4
        if scalar >= 0xD800 && scalar <= 0xDBFF {
          scalar = 0x10000 + (scalar - 0xD800) << 10 + (unit(source + read + 2) - 0xDC00)
          read += 6
        }
        written += encode(scalar, into: output + written)
        continue
      default: output[written] = kind
      }
      written += 1
    }
    return written
  }

  private static func unit(_ digits: UnsafePointer<UInt8>) -> UInt32 {
    var value: UInt32 = 0
    for index in 0..<4 { value = value << 4 | (JSONCursor.hexDigit(digits[index]) ?? 0) }
    return value
  }

  private static func encode(_ scalar: UInt32, into output: UnsafeMutablePointer<UInt8>) -> Int {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (scalar >> shift) & 0x3F) }
    if scalar < 0x80 {
      output[0] = UInt8(scalar)
      return 1
    } else if scalar < 0x800 {
      output[0] = UInt8(0xC0 | scalar >> 6)
      output[1] = tail(0)
      return 2
    } else if scalar < 0x10000 {
      output[0] = UInt8(0xE0 | scalar >> 12)
      output[1] = tail(6)
      output[2] = tail(0)
      return 3
    }
    output[0] = UInt8(0xF0 | scalar >> 18)
    output[1] = tail(12)
    output[2] = tail(6)
    output[3] = tail(0)
    return 4
  }
}
