/// A share with its Wilson score interval (Wilson 1927), which stays inside [0, 1] and is honest for few trials.
public struct WilsonInterval: Sendable, Equatable {
  public var count: Int
  public var of: Int
  public var low: Double
  public var high: Double

  public var share: Double { of == 0 ? 0 : Double(count) / Double(of) }

  /// - Parameters:
  ///   - count: successes, from 0 to `of`.
  ///   - z: the normal quantile; 1.96 gives 95 %. With no trials the interval is [0, 1].
  public init(_ count: Int, of total: Int, z: Double = 1.959963984540054) {
    precondition(count >= 0 && count <= total, "a share needs 0 <= count <= total")
    self.count = count
    of = total
    guard total > 0 else {
      (low, high) = (0, 1)
      return
    }
    let n = Double(total)
    let p = Double(count) / n
    let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    low = count == 0 ? 0 : max(0, centre - half)
    high = count == total ? 1 : min(1, centre + half)
  }
}
