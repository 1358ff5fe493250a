/// GPT-2's printable spelling of bytes: 33-126, 161-172 and 174-255 stand for themselves, the other 68 are
/// U+0100 and up, in order.
enum ByteAlphabet {
  /// The scalar of each byte.
  static let scalars: [UInt32] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte in
      if (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174 { return UInt32(byte) }
      defer { next += 1 }
      return next
    }
  }()

  /// The byte of each scalar of the alphabet, which ends at U+0143; -1 for the rest.
  private static let bytes: [Int16] = {
    var table = [Int16](repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { table[Int(scalar)] = Int16(byte) }
    return table
  }()

  /// The bytes that `spelling` stands for; a token with any other character stands for itself.
  static func decode(_ spelling: String) -> [UInt8] {
    var result: [UInt8] = []
    for scalar in spelling.unicodeScalars {
      guard scalar.value < 0x144, bytes[Int(scalar.value)] >= 0 else { return Array(spelling.utf8) }
      result.append(UInt8(bytes[Int(scalar.value)]))
    }
    return result
  }

  /// UTF-8 of the scalar that spells `byte`.
  static func spelling(_ byte: UInt8) -> [UInt8] {
    let scalar = scalars[Int(byte)]
    return scalar < 0x80 ? [UInt8(scalar)] : [UInt8(0xC0 | scalar >> 6), UInt8(0x80 | scalar & 0x3F)]
  }
}
