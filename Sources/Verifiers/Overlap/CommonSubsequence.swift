/// Longest common subsequences, 64 columns of the table at a time (Hyyro 2004).
///
/// Row i of the table is a bit vector over the columns: bit j says whether the length grows from column j to j + 1.
/// One row costs columns / 64 steps whatever it holds. The columns' sequence is indexed once; rows come one by one.
struct CommonSubsequence {
  /// Rows times columns that a caller should allow: 32 MiB of bits, 4 million steps.
  static let maximumCells = 1 << 28

  let columns: Int
  let words: Int
  /// Where each element stands: positions of element e are `positions[starts[e]..<starts[e + 1]]`.
  private var starts: [Int]
  private var positions: [Int32]
  /// Masks of the elements that stand in more than every 64th column: at most 64 of them.
  private var masks: [UInt32: [UInt64]] = [:]
  private var scratch: [UInt64]
  private let none: [UInt64]

  /// - Parameter elements: numbers below `count`.
  init(columns elements: [UInt32], count: Int) {
    columns = elements.count
    words = (elements.count + 63) / 64
    starts = Array(repeating: 0, count: count + 1)
    for element in elements { starts[Int(element) + 1] += 1 }
    for index in 0..<count { starts[index + 1] += starts[index] }
    positions = Array(repeating: 0, count: elements.count)
    var next = starts
    for (position, element) in elements.enumerated() {
      positions[next[Int(element)]] = Int32(position)
      next[Int(element)] += 1
    }
    none = Array(repeating: 0, count: words)
    scratch = none
    for element in 0..<count where starts[element + 1] - starts[element] > words {
      var mask = none
      for position in positions[starts[element]..<starts[element + 1]] {
        mask[Int(position) >> 6] |= 1 << UInt64(position & 63)
      }
      masks[UInt32(element)] = mask
    }
  }

  /// The length of the longest common subsequence with `rows`.
  mutating func length(with rows: [UInt32]) -> Int {
    guard columns > 0 else { return 0 }
    var vector = Array(repeating: UInt64.max, count: words)
    for row in rows { advance(&vector, row) }
    return Self.zeros(in: vector, upTo: columns)
  }

  /// The indices into `rows` of one longest common subsequence, ascending: the one that rouge-score's walk back
  /// through the table finds.
  mutating func indices(with rows: [UInt32]) -> [Int] {
    guard columns > 0 else { return [] }
    var vectors: [UInt64] = Array(repeating: .max, count: words)
    vectors.reserveCapacity(words * (rows.count + 1))
    var vector = vectors
    for row in rows {
      advance(&vector, row)
      vectors.append(contentsOf: vector)
    }
    func grows(_ row: Int, _ column: Int) -> Int {
      vectors[row * words + column >> 6] >> UInt64(column & 63) & 1 == 0 ? 1 : 0
    }
    func length(_ row: Int, _ column: Int) -> Int {
      Self.zeros(in: vectors[(row * words)..<((row + 1) * words)], upTo: column)
    }
    var result: [Int] = []
    var (row, column) = (rows.count, columns)
    // The table at (row, column) and at (row - 1, column).
    var (here, above) = (length(row, column), row > 0 ? length(row - 1, column) : 0)
    while row > 0, column > 0, here > 0 {
      let isEqual = stands(rows[row - 1], at: column - 1)
      let left = here - grows(row, column - 1)
      if isEqual {
        result.append(row - 1)
        here = above - grows(row - 1, column - 1)
        row -= 1
        column -= 1
        above = row > 0 ? length(row - 1, column) : 0
      } else if left > above {
        above -= grows(row - 1, column - 1)
        here = left
        column -= 1
      } else {
        here = above
        row -= 1
        above = row > 0 ? length(row - 1, column) : 0
      }
    }
    return result.reversed()
  }

  private func stands(_ element: UInt32, at column: Int) -> Bool {
    guard Int(element) + 1 < starts.count else { return false }
    var (low, high) = (starts[Int(element)], starts[Int(element) + 1])
    while low < high {
      let middle = (low + high) / 2
      if Int(positions[middle]) < column { low = middle + 1 } else { high = middle }
    }
    return low < starts[Int(element) + 1] && Int(positions[low]) == column
  }

  /// One row: V = (V + (V & M)) | (V & ~M), the carry running through the words.
  private mutating func advance(_ vector: inout [UInt64], _ element: UInt32) {
    guard Int(element) + 1 < starts.count, starts[Int(element)] < starts[Int(element) + 1] else { return }
    if let mask = masks[element] {
      Self.advance(&vector, mask)
      return
    }
    let range = starts[Int(element)]..<starts[Int(element) + 1]
    for position in positions[range] { scratch[Int(position) >> 6] |= 1 << UInt64(position & 63) }
    Self.advance(&vector, scratch)
    for position in positions[range] { scratch[Int(position) >> 6] = 0 }
  }

  private static func advance(_ vector: inout [UInt64], _ mask: [UInt64]) {
    var carry: UInt64 = 0
    for index in vector.indices {
      let value = vector[index]
      let matched = value & mask[index]
      let (partial, first) = value.addingReportingOverflow(matched)
      let (sum, second) = partial.addingReportingOverflow(carry)
      carry = first || second ? 1 : 0
      vector[index] = sum | (value & ~mask[index])
    }
  }

  private static func zeros(in vector: some RandomAccessCollection<UInt64>, upTo columns: Int) -> Int {
    var count = 0
    var left = columns
    for word in vector {
      guard left > 0 else { break }
      let used = left >= 64 ? ~word : ~word & ((1 << UInt64(left)) - 1)
      count += used.nonzeroBitCount
      left -= 64
    }
    return count
  }
}
