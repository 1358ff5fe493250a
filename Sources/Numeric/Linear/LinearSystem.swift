/// A dense square system A x = b, factored once (LU with partial pivoting) and solved for many right sides.
///
/// O(n^3) to factor, O(n^2) a solution.
public struct LinearSystem: Sendable {
  public let size: Int
  private var factors: [Double]
  private var order: [Int]

  /// - Parameter matrix: Row by row, `size` x `size`.
  /// - Returns: nil when the matrix is singular to working precision.
  public init?(_ matrix: [Double], size: Int) {
    precondition(matrix.count == size * size, "\(matrix.count) numbers are no \(size) x \(size) matrix")
    self.size = size
    factors = matrix
    order = Array(0..<size)
    let largest = matrix.reduce(0) { max($0, abs($1)) }
    for column in 0..<size {
      var pivot = column
      for row in column..<size where abs(factors[row * size + column]) > abs(factors[pivot * size + column]) {
        pivot = row
      }
      guard abs(factors[pivot * size + column]) > largest * 1e-14 else { return nil }
      if pivot != column {
        order.swapAt(pivot, column)
        for k in 0..<size { factors.swapAt(pivot * size + k, column * size + k) }
      }
      factors.withUnsafeMutableBufferPointer { f in
        let top = column * size
        for row in column + 1..<max(size, column + 1) {
          let start = row * size
          if f[start + column] == 0 { continue }
          let share = f[start + column] / f[top + column]
          f[start + column] = share
          for k in column + 1..<max(size, column + 1) { f[start + k] -= share * f[top + k] }
        }
      }
    }
  }

  /// The x of A x = `right`.
  public func solution(_ right: [Double]) -> [Double] {
    precondition(right.count == size, "\(right.count) right sides for \(size) unknowns")
    var x = order.map { right[$0] }
    for row in 0..<size {
      var sum = x[row]
      for k in 0..<row { sum -= factors[row * size + k] * x[k] }
      x[row] = sum
    }
    for row in stride(from: size - 1, through: 0, by: -1) {
      var sum = x[row]
      for k in row + 1..<max(size, row + 1) { sum -= factors[row * size + k] * x[k] }
      x[row] = sum / factors[row * size + row]
    }
    return x
  }
}
