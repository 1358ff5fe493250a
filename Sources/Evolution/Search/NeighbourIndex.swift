/// Points that can be asked for their nearest neighbours (Euclidean): a k-d tree for few dimensions, a plain scan for
/// many, where trees gain nothing.
public struct NeighbourIndex: Sendable {
  public let width: Int
  public let count: Int
  /// Coordinates, point after point, in the tree's order.
  private var points: [Double] = []
  /// The place of each point in the list the index was made from.
  private var origin: [Int]
  private let isTree: Bool

  /// - Parameter points: `width` numbers each; all of them finite.
  public init(_ points: [Double], width: Int) {
    precondition(width >= 1 && points.count % width == 0, "points of \(width) numbers are needed")
    self.width = width
    count = points.count / width
    origin = Array(0..<count)
    isTree = width <= 6 && count > 64
    guard isTree else {
      self.points = points
      return
    }
    Self.arrange(&origin, 0..<count, axis: 0, points, width)
    self.points.reserveCapacity(points.count)
    for index in origin { self.points += points[index * width..<(index + 1) * width] }
  }

  /// Puts the median of an axis into the middle of the range, and both halves in order beneath it.
  private static func arrange(
    _ order: inout [Int], _ range: Range<Int>, axis: Int, _ points: [Double], _ width: Int
  ) {
    if range.count <= leaf { return }
    let middle = (range.lowerBound + range.upperBound) / 2
    var (low, high) = (range.lowerBound, range.upperBound - 1)
    while low < high {
      let pivot = points[order[(low + high) / 2] * width + axis]
      var (i, j) = (low, high)
      while i <= j {
        while points[order[i] * width + axis] < pivot { i += 1 }
        while points[order[j] * width + axis] > pivot { j -= 1 }
        if i <= j {
          order.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if middle <= j { high = j } else if middle >= i { low = i } else { break }
    }
    let next = (axis + 1) % width
    arrange(&order, range.lowerBound..<middle, axis: next, points, width)
    arrange(&order, middle + 1..<range.upperBound, axis: next, points, width)
  }

  private static let leaf = 12

  /// The nearest points, nearest first; fewer than `k` when there are fewer.
  public func nearest(_ k: Int, to query: [Double]) -> (indices: [Int], distances: [Double]) {
    precondition(query.count == width, "a query of \(width) numbers is needed")
    var found = Nearest(k: min(k, count))
    if found.k == 0 { return ([], []) }
    points.withUnsafeBufferPointer { points in
      query.withUnsafeBufferPointer { query in
        if isTree {
          search(0..<count, axis: 0, points, query, &found)
        } else {
          scan(0..<count, points, query, &found)
        }
      }
    }
    return (found.places.map { origin[$0] }, found.squares.map { $0.squareRoot() })
  }

  /// The mean distance to the `k` nearest; 0 when there is none.
  /// - Parameter skippingFirst: Leaves out the nearest: the query itself, when it is one of the points.
  public func meanDistance(_ k: Int, to query: [Double], skippingFirst: Bool) -> Double {
    let distances = nearest(skippingFirst ? k + 1 : k, to: query).distances.dropFirst(skippingFirst ? 1 : 0)
    return distances.isEmpty ? 0 : distances.reduce(0, +) / Double(distances.count)
  }

  private func scan(
    _ range: Range<Int>, _ points: UnsafeBufferPointer<Double>, _ query: UnsafeBufferPointer<Double>,
    _ found: inout Nearest
  ) {
    for place in range {
      var square = 0.0
      for axis in 0..<width {
        let difference = points[place * width + axis] - query[axis]
        square += difference * difference
      }
      if square < found.bound { found.insert(square, place) }
    }
  }

  private func search(
    _ range: Range<Int>, axis: Int, _ points: UnsafeBufferPointer<Double>,
    _ query: UnsafeBufferPointer<Double>, _ found: inout Nearest
  ) {
    if range.count <= Self.leaf { return scan(range, points, query, &found) }
    let middle = (range.lowerBound + range.upperBound) / 2
    let offset = query[axis] - points[middle * width + axis]
    let (below, above) = (range.lowerBound..<middle, middle + 1..<range.upperBound)
    let next = (axis + 1) % width
    search(offset < 0 ? below : above, axis: next, points, query, &found)
    if offset * offset < found.bound {
      scan(middle..<middle + 1, points, query, &found)
      search(offset < 0 ? above : below, axis: next, points, query, &found)
    }
  }

  /// The k nearest so far, nearest first.
  private struct Nearest {
    let k: Int
    var squares: [Double] = []
    var places: [Int] = []

    init(k: Int) {
      self.k = k
      squares.reserveCapacity(k + 1)
      places.reserveCapacity(k + 1)
    }

    /// What a distance must stay below to count.
    var bound: Double { squares.count < k ? .infinity : squares[k - 1] }

    mutating func insert(_ square: Double, _ place: Int) {
      var index = squares.count
      squares.append(square)
      places.append(place)
      while index > 0, squares[index - 1] > square {
        squares.swapAt(index, index - 1)
        places.swapAt(index, index - 1)
        index -= 1
      }
      if squares.count > k {
        squares.removeLast()
        places.removeLast()
      }
    }
  }
}
