/// Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations (Golub and Van Loan, section 8.5).
public struct SymmetricEigen: Sendable {
  public private(set) var values: [Double]
  /// One eigenvector after another, each of unit length.
  public private(set) var vectors: [Double]
  private let width: Int

  public init(identity width: Int) {
    self.width = width
    values = Array(repeating: 1, count: width)
    vectors = [Double](repeating: 0, count: width * width)
    for i in 0..<width { vectors[i * width + i] = 1 }
  }

  public init(_ matrix: [Double], width: Int) {
    self.init(matrix, width: width, near: SymmetricEigen(identity: width))
  }

  /// Starts from the eigenvectors of a matrix that is near, which saves most rotations.
  public init(_ matrix: [Double], width n: Int, near other: SymmetricEigen) {
    precondition(matrix.count == n * n && other.width == n, "an \(n) x \(n) matrix is needed")
    width = n
    var v = other.vectors
    // A = V M V^T in the coordinates of the old vectors.
    var half = [Double](repeating: 0, count: n * n)
    var a = half
    for i in 0..<n {
      for k in 0..<n {
        let factor = v[i * n + k]
        if factor == 0 { continue }
        for j in 0..<n { half[i * n + j] += factor * matrix[k * n + j] }
      }
    }
    for i in 0..<n {
      for j in 0...i {
        var sum = 0.0
        for k in 0..<n { sum += half[i * n + k] * v[j * n + k] }
        a[i * n + j] = sum
        a[j * n + i] = sum
      }
    }
    a.withUnsafeMutableBufferPointer { a in
      v.withUnsafeMutableBufferPointer { v in
        for _ in 0..<60 where Self.sweep(a, v, n) { continue }
      }
    }
    values = (0..<n).map { a[$0 * n + $0] }
    vectors = v
  }

  /// One round of rotations over all pairs.
  /// - Returns: Whether anything above rounding was left to rotate.
  private static func sweep(
    _ a: UnsafeMutableBufferPointer<Double>, _ v: UnsafeMutableBufferPointer<Double>, _ n: Int
  ) -> Bool {
    var scale = 0.0
    for i in 0..<n { scale = max(scale, abs(a[i * n + i])) }
    var hasRotated = false
    for p in 0..<n {
      for q in p + 1..<max(n, p + 1) {
        let off = a[p * n + q]
        if abs(off) <= 1e-14 * scale { continue }
        hasRotated = true
        let theta = (a[q * n + q] - a[p * n + p]) / (2 * off)
        let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<n {
          let (x, y) = (a[p * n + k], a[q * n + k])
          a[p * n + k] = c * x - s * y
          a[q * n + k] = s * x + c * y
        }
        for k in 0..<n {
          let (x, y) = (a[k * n + p], a[k * n + q])
          a[k * n + p] = c * x - s * y
          a[k * n + q] = s * x + c * y
        }
        for k in 0..<n {
          let (x, y) = (v[p * n + k], v[q * n + k])
          v[p * n + k] = c * x - s * y
          v[q * n + k] = s * x + c * y
        }
      }
    }
    return hasRotated
  }

  /// The matrix to the power -1/2, times a vector.
  public func inverseRoot(_ vector: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: width)
    for j in 0..<width where values[j] > 0 {
      var share = 0.0
      for i in 0..<width { share += vectors[j * width + i] * vector[i] }
      share /= values[j].squareRoot()
      for i in 0..<width { result[i] += share * vectors[j * width + i] }
    }
    return result
  }
}
