/// The spellings of a vocabulary, by id and by bytes. Strings are compared as bytes, never by canonical
/// equivalence as `String` does: "é" and "e" with an accent are different tokens.
struct TokenTable: Sendable {
  private var flat: [UInt8] = []
  private var ends: [Int] = []
  private var slots: [Int32]

  /// `tokens` in the order of their ids. When a spelling occurs twice the first id is found by bytes.
  init(_ tokens: some Collection<[UInt8]>) {
    var capacity = 16
    while capacity < tokens.count * 2 { capacity *= 2 }
    slots = [Int32](repeating: -1, count: capacity)
    ends.reserveCapacity(tokens.count)
    for token in tokens {
      flat.append(contentsOf: token)
      ends.append(flat.count)
    }
    for id in ends.indices {
      let range = self.range(id)
      flat.withUnsafeBufferPointer { all in
        let token = UnsafeBufferPointer(rebasing: all[range])
        var slot = Self.hash(token) & (capacity - 1)
        while slots[slot] >= 0 {
          if all[self.range(Int(slots[slot]))].elementsEqual(token) { return }
          slot = (slot + 1) & (capacity - 1)
        }
        slots[slot] = Int32(id)
      }
    }
  }

  var count: Int { ends.count }

  /// The bytes of a token; nil outside the vocabulary.
  subscript(id: Int32) -> ArraySlice<UInt8>? {
    id >= 0 && Int(id) < ends.count ? flat[range(Int(id))] : nil
  }

  func id(of token: UnsafeBufferPointer<UInt8>) -> Int32? {
    flat.withUnsafeBufferPointer { all in
      var slot = Self.hash(token) & (slots.count - 1)
      while slots[slot] >= 0 {
        let range = self.range(Int(slots[slot]))
        if range.count == token.count, zip(range, token).allSatisfy({ all[$0] == $1 }) { return slots[slot] }
        slot = (slot + 1) & (slots.count - 1)
      }
      return nil
    }
  }

  func id(of token: [UInt8]) -> Int32? { token.withUnsafeBufferPointer { id(of: $0) } }

  private func range(_ id: Int) -> Range<Int> { (id == 0 ? 0 : ends[id - 1])..<ends[id] }

  /// FNV-1a, folded so that the low bits depend on all of it.
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: value ^ value >> 32)
  }
}
