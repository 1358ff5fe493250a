/// The signature of a path, up to order 2: what a trajectory did, whatever the speed at which it did it.
///
/// For a piecewise linear path it is built increment by increment with Chen's identity. The first order is the
/// displacement; the antisymmetric part of the second is the signed area between path and chord, which tells a
/// way round the left of an obstacle from a way round the right (Chen 1958; Paolo 2022, chapter 5).
public struct PathSignature: Sendable, Equatable {
  /// S1: `width` numbers.
  public let first: [Double]
  /// S2: `width` x `width`, row by row.
  public let second: [Double]

  public var width: Int { first.count }

  /// - Parameters:
  ///   - path: Points of `width` numbers, one after another. No point or one point gives zeros.
  ///   - width: At least 1, and a divisor of `path.count`.
  public init(path: [Double], width: Int) {
    precondition(width >= 1 && path.count % width == 0, "a path has whole points")
    var first = [Double](repeating: 0, count: width)
    var second = [Double](repeating: 0, count: width * width)
    var increment = first
    for point in 1..<max(path.count / width, 1) {
      for i in 0..<width { increment[i] = path[point * width + i] - path[(point - 1) * width + i] }
      for i in 0..<width {
        for j in 0..<width {
          second[i * width + j] += first[i] * increment[j] + 0.5 * increment[i] * increment[j]
        }
      }
      for i in 0..<width { first[i] += increment[i] }
    }
    self.first = first
    self.second = second
  }

  /// S1 and S2 in a row: the behaviour descriptor.
  public var descriptor: [Double] { first + second }

  /// The log-signature of order 2: S1, then the signed areas above the diagonal of (S2 - S2^T) / 2.
  public var logarithm: [Double] {
    var areas: [Double] = []
    for i in 0..<width {
      for j in i + 1..<max(width, i + 1) {
        areas.append(0.5 * (second[i * width + j] - second[j * width + i]))
      }
    }
    return first + areas
  }

  /// The path with the time t / `duration` appended to every point, which makes its signature unique.
  public static func withTime(_ path: [Double], width: Int, duration: Double) -> [Double] {
    var timed: [Double] = []
    timed.reserveCapacity(path.count / width * (width + 1))
    for point in 0..<path.count / width {
      timed += path[point * width..<(point + 1) * width]
      timed.append(Double(point) / duration)
    }
    return timed
  }
}
