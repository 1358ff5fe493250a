/// The merges of a byte-pair vocabulary: which pair of adjacent tokens becomes which token, and in what order.
struct MergeTable: Sendable {
  private var keys: [UInt64]
  /// Rank in the upper half, id of the merged token in the lower.
  private var values: [UInt64]
  private let mask: Int
  private static let empty = UInt64.max

  /// `merges` in the order of their ranks; when a pair occurs twice the last rank counts.
  init(_ merges: [(left: Int32, right: Int32, merged: Int32)]) {
    var capacity = 16
    while capacity < merges.count * 2 { capacity *= 2 }
    mask = capacity - 1
    keys = [UInt64](repeating: Self.empty, count: capacity)
    values = [UInt64](repeating: Self.empty, count: capacity)
    for (rank, merge) in merges.enumerated() {
      let key = Self.key(merge.left, merge.right)
      var slot = Self.slot(key, mask)
      while keys[slot] != Self.empty, keys[slot] != key { slot = (slot + 1) & mask }
      keys[slot] = key
      values[slot] = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: merge.merged))
    }
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private static func slot(_ key: UInt64, _ mask: Int) -> Int {
    let mixed = key &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed ^ mixed >> 29) & mask
  }

  /// Rank and merged id of a pair as one number that orders by rank; `UInt64.max` when the pair never merges.
  @inline(__always)
  private func value(_ left: Int32, _ right: Int32) -> UInt64 {
    let key = Self.key(left, right)
    var slot = Self.slot(key, mask)
    while keys[slot] != key {
      if keys[slot] == Self.empty { return Self.empty }
      slot = (slot + 1) & mask
    }
    return values[slot]
  }

  /// Merges the pair of lowest rank, leftmost first, until none is left.
  func merge(_ symbols: inout [Int32]) {
    if symbols.count > 48 {
      mergeLong(&symbols)
    } else if symbols.count > 1 {
      mergeShort(&symbols)
    }
  }

  /// Looks through all pairs for each merge: fastest for words of usual length.
  private func mergeShort(_ symbols: inout [Int32]) {
    var pairs = (1..<symbols.count).map { value(symbols[$0 - 1], symbols[$0]) }
    while true {
      var best = Self.empty
      var place = 0
      for index in pairs.indices where pairs[index] < best { (best, place) = (pairs[index], index) }
      guard best != Self.empty else { return }
      symbols[place] = Int32(truncatingIfNeeded: best)
      symbols.remove(at: place + 1)
      pairs.remove(at: place)
      if place > 0 { pairs[place - 1] = value(symbols[place - 1], symbols[place]) }
      if place < pairs.count { pairs[place] = value(symbols[place], symbols[place + 1]) }
    }
  }

  private struct Candidate {
    var rank: UInt32
    var place: Int32
    var left: Int32
    var right: Int32
    var merged: Int32

    static func < (a: Candidate, b: Candidate) -> Bool { (a.rank, a.place) < (b.rank, b.place) }
  }

  /// A binary heap of pairs over a linked list of symbols: n log n for long words.
  private func mergeLong(_ symbols: inout [Int32]) {
    let count = symbols.count
    var next = (0..<count).map { $0 + 1 }
    var previous = (0..<count).map { $0 - 1 }
    var heap: [Candidate] = []
    func candidate(_ left: Int, _ right: Int) -> Candidate? {
      let found = value(symbols[left], symbols[right])
      if found == Self.empty { return nil }
      return Candidate(
        rank: UInt32(found >> 32), place: Int32(left), left: symbols[left], right: symbols[right],
        merged: Int32(truncatingIfNeeded: found))
    }
    for index in 1..<count {
      if let pair = candidate(index - 1, index) { push(&heap, pair) }
    }
    while let pair = pop(&heap) {
      let place = Int(pair.place)
      let after = next[place]
      // Stale when either side has been merged since.
      guard symbols[place] == pair.left, after < count, symbols[after] == pair.right else { continue }
      symbols[place] = pair.merged
      symbols[after] = -1
      next[place] = next[after]
      if next[place] < count { previous[next[place]] = place }
      if previous[place] >= 0, let pair = candidate(previous[place], place) { push(&heap, pair) }
      if next[place] < count, let pair = candidate(place, next[place]) { push(&heap, pair) }
    }
    symbols.removeAll { $0 < 0 }
  }

  private func push(_ heap: inout [Candidate], _ element: Candidate) {
    heap.append(element)
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private func pop(_ heap: inout [Candidate]) -> Candidate? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return top }
    heap[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { return top }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < heap[parent] else { return top }
      heap.swapAt(child, parent)
      parent = child
    }
  }
}
