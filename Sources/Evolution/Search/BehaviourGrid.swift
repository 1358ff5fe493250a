import Foundation

/// A grid over the behaviour space, and how often each cell was reached. Of behaviours of more than six numbers
/// (signatures) the first six are counted.
public struct BehaviourGrid: Sendable {
  public let ranges: [ClosedRange<Double>]
  /// Cells a side.
  public let cells: Int
  /// How often each cell was reached.
  public private(set) var counts: [Int]
  public private(set) var occupied = 0
  private var total = 0

  /// - Parameter cells: Cells a side; nil for about 2500 altogether (50 x 50 in the plane).
  public init(_ ranges: [ClosedRange<Double>], cells: Int? = nil) {
    precondition(!ranges.isEmpty, "a behaviour has at least one number")
    self.ranges = Array(ranges.prefix(6))
    self.cells = cells ?? Self.defaultCells(self.ranges.count)
    var size = 1
    for _ in self.ranges { size *= self.cells }
    counts = Array(repeating: 0, count: size)
  }

  /// The most cells a side that make no more than 2500 altogether; at least 2, and 50 for one number.
  public static func defaultCells(_ width: Int) -> Int {
    if width == 1 { return 50 }
    var cells = 2
    while (0..<width).reduce(1, { product, _ in product * (cells + 1) }) <= 2500 { cells += 1 }
    return cells
  }

  /// The cell of a descriptor; outside values belong to the outermost cells.
  @inline(__always)
  public func cell(of descriptor: UnsafeBufferPointer<Double>) -> Int {
    var index = 0
    for axis in 0..<ranges.count {
      let range = ranges[axis]
      let share = (descriptor[axis] - range.lowerBound) / (range.upperBound - range.lowerBound)
      index = index * cells + min(max(Int((share * Double(cells)).rounded(.down)), 0), cells - 1)
    }
    return index
  }

  mutating func count(_ cell: Int) {
    if counts[cell] == 0 { occupied += 1 }
    counts[cell] += 1
    total += 1
  }

  public mutating func add(_ descriptor: [Double]) {
    count(descriptor.withUnsafeBufferPointer { cell(of: $0) })
  }

  /// The share of cells that were reached.
  public var coverage: Double { Double(occupied) / Double(counts.count) }

  /// 1 - the Jensen-Shannon distance (square root, natural logarithm) between the visits and the uniform
  /// distribution; 1 when every cell was reached equally often.
  public var uniformity: Double {
    if total == 0 { return 0 }
    let uniform = 1 / Double(counts.count)
    var divergence = 0.0
    for count in counts {
      let share = Double(count) / Double(total)
      let middle = (share + uniform) / 2
      if share > 0 { divergence += share * log(share / middle) / 2 }
      divergence += uniform * log(uniform / middle) / 2
    }
    return 1 - max(divergence, 0).squareRoot()
  }
}
