/// How many n-grams two sequences share, for n from 1 to a largest order.
///
/// An n-gram is named by the pair (number of its first n - 1 elements, its last element), so equality is exact and
/// each order costs one table access an element. A gram whose beginning the other side lacks is not looked at
/// again: sequences with little in common cost little more than order 1. Time and memory are linear in the lengths.
enum GramMatches {
  /// For each order: sum over the hypothesis's grams of min(its count there, its largest count in a reference).
  static func clipped(
    _ hypothesis: [UInt32], in references: [[UInt32]], orders: Int
  ) -> [Int] {
    var matches = Array(repeating: 0, count: orders)
    var beginnings = Array(repeating: UInt32(0), count: hypothesis.count)
    var referenceBeginnings = references.map { Array(repeating: UInt32(0), count: $0.count) }
    var table = GramTable()
    for order in 1...max(orders, 1) where order <= orders {
      table.removeAll(expecting: references.reduce(0) { $0 + $1.count })
      var largest: [Int32] = []
      for (index, reference) in references.enumerated() {
        count(reference, order, &referenceBeginnings[index], &table, &largest)
      }
      var found = Array(repeating: Int32(0), count: table.count)
      for start in 0..<max(0, hypothesis.count - order + 1) where beginnings[start] != dead {
        let number = table.find(key(beginnings[start], hypothesis[start + order - 1]))
        beginnings[start] = number
        if number != dead { found[Int(number)] += 1 }
      }
      for (mine, theirs) in zip(found, largest) { matches[order - 1] += Int(min(mine, theirs)) }
      if matches[order - 1] == 0 { break }
      for index in referenceBeginnings.indices {
        for start in referenceBeginnings[index].indices {
          let number = referenceBeginnings[index][start]
          if number != dead, found[Int(number)] == 0 { referenceBeginnings[index][start] = dead }
        }
      }
    }
    return matches
  }

  /// The number of a gram that one side lacks.
  private static let dead = GramTable.absent

  private static func key(_ beginning: UInt32, _ last: UInt32) -> UInt64 {
    UInt64(beginning) << 32 | UInt64(last)
  }

  /// Numbers the grams of one reference and raises `largest` to its counts.
  private static func count(
    _ reference: [UInt32], _ order: Int, _ beginnings: inout [UInt32], _ table: inout GramTable,
    _ largest: inout [Int32]
  ) {
    var counts = Array(repeating: Int32(0), count: largest.count)
    let last = max(0, reference.count - order + 1)
    for start in 0..<last where beginnings[start] != dead {
      let number = table.number(of: key(beginnings[start], reference[start + order - 1]))
      beginnings[start] = number
      if Int(number) == counts.count {
        counts.append(1)
        largest.append(0)
      } else {
        counts[Int(number)] += 1
      }
    }
    for start in last..<reference.count { beginnings[start] = dead }
    for (index, count) in counts.enumerated() where count > largest[index] { largest[index] = count }
  }
}

/// Numbers for 64-bit keys, from 0 on in the order of their first appearance: open addressing, linear probing.
struct GramTable {
  static let absent = UInt32.max
  /// Mixed into every key, so that no text can be made to collide.
  private static let seed = UInt64.random(in: .min ... .max)

  private var keys: [UInt64] = []
  private var numbers: [UInt32] = []
  private(set) var count = 0

  /// Empties the table and makes room for `keys` different keys.
  mutating func removeAll(expecting keys: Int) {
    var size = 64
    while size < keys * 2 { size *= 2 }
    if numbers.count < size {
      self.keys = Array(repeating: 0, count: size)
      numbers = Array(repeating: Self.absent, count: size)
    } else {
      for index in numbers.indices { numbers[index] = Self.absent }
    }
    count = 0
  }

  /// The number of `key`, a new one when it is new. At most as many keys as were expected.
  @inline(__always) mutating func number(of key: UInt64) -> UInt32 {
    let slot = slot(of: key)
    if numbers[slot] == Self.absent {
      keys[slot] = key
      numbers[slot] = UInt32(count)
      count += 1
    }
    return numbers[slot]
  }

  /// The number of `key`; ``absent`` when it has none.
  @inline(__always) func find(_ key: UInt64) -> UInt32 { numbers[slot(of: key)] }

  @inline(__always) private func slot(of key: UInt64) -> Int {
    var mixed = key ^ Self.seed
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    var slot = Int(truncatingIfNeeded: mixed ^ mixed >> 31) & (numbers.count - 1)
    while numbers[slot] != Self.absent, keys[slot] != key { slot = (slot + 1) & (numbers.count - 1) }
    return slot
  }
}
