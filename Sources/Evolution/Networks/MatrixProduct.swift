/// Products of row-major single-precision matrices, in blocks that stay in vector registers.
enum MatrixProduct {
  /// C = A B (or C += A B): A is `rows` x `inner`, B is `inner` x `columns`.
  static func multiply(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    rows: Int, inner: Int, columns: Int, adding: Bool = false
  ) {
    let whole = columns - columns % 8
    // B's panel of 8 columns, made contiguous, so that the inner loop walks through memory in order.
    withUnsafeTemporaryAllocation(of: SIMD8<Float>.self, capacity: inner) { panel in
      for column in stride(from: 0, to: whole, by: 8) {
        for k in 0..<inner {
          panel[k] = UnsafeRawPointer(b + k * columns + column).loadUnaligned(as: SIMD8<Float>.self)
        }
        var row = 0
        while row + 4 <= rows {
          let a0 = a + row * inner
          let (a1, a2, a3) = (a0 + inner, a0 + 2 * inner, a0 + 3 * inner)
          var (c0, c1, c2, c3) = (
            SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero
          )
          for k in 0..<inner {
            let line = panel[k]
            c0 += a0[k] * line
            c1 += a1[k] * line
            c2 += a2[k] * line
            c3 += a3[k] * line
          }
          store(c0, c + row * columns + column, adding)
          store(c1, c + (row + 1) * columns + column, adding)
          store(c2, c + (row + 2) * columns + column, adding)
          store(c3, c + (row + 3) * columns + column, adding)
          row += 4
        }
        while row < rows {
          var sum = SIMD8<Float>.zero
          for k in 0..<inner { sum += a[row * inner + k] * panel[k] }
          store(sum, c + row * columns + column, adding)
          row += 1
        }
      }
    }
    for column in whole..<columns {
      for row in 0..<rows {
        var sum: Float = 0
        for k in 0..<inner { sum += a[row * inner + k] * b[k * columns + column] }
        c[row * columns + column] = adding ? c[row * columns + column] + sum : sum
      }
    }
  }

  @inline(__always)
  private static func store(_ value: SIMD8<Float>, _ target: UnsafeMutablePointer<Float>, _ adding: Bool) {
    let place = UnsafeMutableRawPointer(target)
    place.storeBytes(
      of: adding ? place.loadUnaligned(as: SIMD8<Float>.self) + value : value, as: SIMD8<Float>.self)
  }

  /// B = A^T: A is `rows` x `columns`.
  static func transpose(
    _ a: UnsafePointer<Float>, into b: UnsafeMutablePointer<Float>, rows: Int, columns: Int
  ) {
    for upper in stride(from: 0, to: rows, by: 16) {
      for left in stride(from: 0, to: columns, by: 16) {
        for row in upper..<min(upper + 16, rows) {
          for column in left..<min(left + 16, columns) { b[column * rows + row] = a[row * columns + column] }
        }
      }
    }
  }
}
