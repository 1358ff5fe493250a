import Rewards

/// Numbers for words: equal byte strings have equal numbers, from 0 on in the order of their first appearance.
///
/// The hash is seeded anew in each process, so no text can be made to collide; numbers do not depend on it.
struct WordTable {
  private static let seed = UInt64.random(in: .min ... .max)

  private var slots: [Int32]
  private var hashes: [UInt64] = []
  private var bytes: [UInt8] = []
  /// Where each word ends in `bytes`; it begins where the one before ends.
  private var ends: [Int] = []

  init() { slots = Array(repeating: -1, count: 256) }

  /// Words seen so far.
  var count: Int { ends.count }

  mutating func number(of word: UTF8Bytes) -> UInt32 {
    if ends.count * 2 >= slots.count { grow() }
    let hash = Self.hash(word)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if hashes[index] == hash, isWord(index, word) { return UInt32(index) }
      slot = (slot + 1) & (slots.count - 1)
    }
    let index = ends.count
    slots[slot] = Int32(index)
    hashes.append(hash)
    bytes.append(contentsOf: word)
    ends.append(bytes.count)
    return UInt32(index)
  }

  /// Multiplies and folds eight bytes at a time, as wyhash does: several times as fast as the standard hasher on words.
  private static func hash(_ word: UTF8Bytes) -> UInt64 {
    var hash = seed ^ UInt64(truncatingIfNeeded: word.count)
    var index = 0
    while index < word.count {
      let width = min(8, word.count - index)
      var part: UInt64 = 0
      for offset in 0..<width { part = part << 8 | UInt64(word[index + offset]) }
      let product = (hash ^ part).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
      hash = product.high ^ product.low ^ part
      index += width
    }
    return hash
  }

  private func isWord(_ index: Int, _ word: UTF8Bytes) -> Bool {
    let start = index == 0 ? 0 : ends[index - 1]
    guard ends[index] - start == word.count else { return false }
    for offset in 0..<word.count where bytes[start + offset] != word[offset] { return false }
    return true
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 4)
    for (index, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index)
    }
  }
}
