/// The point of least Euclidean length that meets A x >= b (Hildreth 1957: coordinate ascent on the dual).
///
/// - Parameters:
///   - rows: A, row by row.
///   - bounds: b, one for each row.
///   - tolerance: How far a row may be missed, relative to max(1, |b|).
/// - Returns: nil when the sweeps end before the conditions are met (they contradict each other, or nearly do).
public func shortestPoint(
  satisfying rows: [[Double]], atLeast bounds: [Double], tolerance: Double = 1e-9,
  maximumSweeps: Int = 200_000
) -> [Double]? {
  precondition(rows.count == bounds.count, "\(rows.count) rows and \(bounds.count) bounds")
  guard let size = rows.first?.count else { return [] }
  var (x, multipliers) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: rows.count))
  let lengths = rows.map { row in row.reduce(0) { $0 + $1 * $1 } }
  for _ in 0..<maximumSweeps {
    var miss = 0.0
    for (index, row) in rows.enumerated() {
      var gap = bounds[index]
      for k in 0..<size { gap -= row[k] * x[k] }
      miss = max(miss, gap / max(1, abs(bounds[index])))
      if lengths[index] < 1e-24 { continue }
      let step = max(gap / lengths[index], -multipliers[index])
      if step == 0 { continue }
      multipliers[index] += step
      for k in 0..<size { x[k] += step * row[k] }
    }
    if miss <= tolerance { return x }
  }
  return nil
}
