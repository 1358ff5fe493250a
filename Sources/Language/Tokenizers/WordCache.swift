import Foundation

/// Remembers the ids of short words: a direct-mapped table, one for each thread that encodes at the same time.
final class WordCache {
  private static let slots = 1 << 14
  /// Ids kept a word; longer results are not remembered.
  private static let width = 7
  private var keys = [SIMD2<UInt64>](repeating: .zero, count: slots)
  private var values = [Int32](repeating: 0, count: slots * (width + 1))

  /// A word of at most 15 bytes with its length, packed; nil for longer words.
  @inline(__always)
  static func key(_ text: UnsafeBufferPointer<UInt8>, _ word: Range<Int>) -> SIMD2<UInt64>? {
    guard word.count <= 15 else { return nil }
    var (low, high) = (UInt64(0), UInt64(word.count) << 56)
    for index in 0..<min(8, word.count) {
      low |= UInt64(text[word.lowerBound + index]) << (8 * UInt64(index))
    }
    if word.count > 8 {
      for index in 8..<word.count { high |= UInt64(text[word.lowerBound + index]) << (8 * UInt64(index - 8)) }
    }
    return SIMD2(low, high)
  }

  private static func slot(_ key: SIMD2<UInt64>) -> Int {
    let mixed = (key.x ^ (key.y &* 0xC2B2_AE3D_27D4_EB4F)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 50)
  }

  /// Appends the remembered ids of a word to `ids`; false when it is not remembered.
  @inline(__always)
  func append(_ key: SIMD2<UInt64>, to ids: inout [Int32]) -> Bool {
    let slot = Self.slot(key)
    guard keys[slot] == key else { return false }
    let base = slot * (Self.width + 1)
    for index in 0..<Int(values[base]) { ids.append(values[base + 1 + index]) }
    return true
  }

  func remember(_ key: SIMD2<UInt64>, _ ids: [Int32]) {
    guard ids.count <= Self.width else { return }
    let slot = Self.slot(key)
    let base = slot * (Self.width + 1)
    keys[slot] = key
    values[base] = Int32(ids.count)
    for (index, id) in ids.enumerated() { values[base + 1 + index] = id }
  }

  /// Hands out caches, so that threads neither share one nor wait for each other.
  final class Pool: @unchecked Sendable {  // `idle` is only touched under the lock
    private let lock = NSLock()
    private var idle: [WordCache] = []

    func with<Result>(_ body: (WordCache) -> Result) -> Result {
      let cache = lock.withLock { idle.popLast() } ?? WordCache()
      defer { lock.withLock { idle.append(cache) } }
      return body(cache)
    }
  }
}
