/// Which of the classes that tokenizers ask about a Unicode scalar belongs to. The answers are those of the
/// `tokenizers` package (see `CharacterClassTable.swift`), not of the Unicode version that Swift ships.
struct CharacterClass: OptionSet {
  let rawValue: UInt8

  /// `\p{L}`
  static let letter = CharacterClass(rawValue: 1)
  /// `\p{N}`
  static let number = CharacterClass(rawValue: 2)
  /// `\s`
  static let space = CharacterClass(rawValue: 4)
  /// What the `Digits` pre-tokenizer cuts off; a later Unicode version of `\p{N}`.
  static let digit = CharacterClass(rawValue: 8)
  /// Control characters that BERT removes.
  static let removed = CharacterClass(rawValue: 16)
  /// White space that BERT turns into a blank.
  static let blank = CharacterClass(rawValue: 32)
  /// Punctuation that BERT makes a word of its own.
  static let punctuation = CharacterClass(rawValue: 64)
  /// Marks that BERT drops after decomposition.
  static let mark = CharacterClass(rawValue: 128)

  /// One byte of classes for each of the 0x110000 code points, spread from `runs` once and kept for ever.
  private nonisolated(unsafe) static let table: UnsafePointer<UInt8> = {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 0x110000)
    for (index, run) in runs.enumerated() {
      let start = Int(run >> 8)
      let end = index + 1 < runs.count ? Int(runs[index + 1] >> 8) : 0x110000
      (bytes + start).initialize(repeating: UInt8(run & 0xFF), count: end - start)
    }
    return UnsafePointer(bytes)
  }()

  /// The classes of a scalar value below 0x110000.
  @inline(__always)
  static func of(_ scalar: UInt32) -> CharacterClass {
    CharacterClass(rawValue: table[Int(scalar)])
  }
}

/// Reading of scalars from valid UTF-8, as `String.utf8` gives it.
extension UnsafeBufferPointer<UInt8> {
  /// The scalar that begins at `index`, and the index after it.
  @inline(__always)
  func scalar(at index: Int) -> (value: UInt32, next: Int) {
    let first = UInt32(self[index])
    if first < 0x80 { return (first, index + 1) }
    if first < 0xE0 { return ((first & 0x1F) << 6 | tail(index + 1), index + 2) }
    if first < 0xF0 { return ((first & 0x0F) << 12 | tail(index + 1) << 6 | tail(index + 2), index + 3) }
    return (
      (first & 0x07) << 18 | tail(index + 1) << 12 | tail(index + 2) << 6 | tail(index + 3), index + 4
    )
  }

  @inline(__always)
  private func tail(_ index: Int) -> UInt32 { UInt32(self[index] & 0x3F) }

  /// The classes of the scalar that begins at `index`, and the index after it.
  @inline(__always)
  func characterClass(at index: Int) -> (classes: CharacterClass, next: Int) {
    let (value, next) = scalar(at: index)
    return (CharacterClass.of(value), next)
  }
}
