/// The cosine of the angle between two vectors of equal length, a . b / sqrt(a . a  b . b), in [-1, 1]; 0 when either is
/// zero. Sums run in double precision.
public func cosineSimilarity(_ a: [Float], _ b: [Float]) -> Double {
  precondition(a.count == b.count, "vectors of \(a.count) and \(b.count) numbers have no cosine")
  var (dot, squaresOfA, squaresOfB) = (0.0, 0.0, 0.0)
  for (x, y) in zip(a, b) {
    dot += Double(x) * Double(y)
    squaresOfA += Double(x) * Double(x)
    squaresOfB += Double(y) * Double(y)
  }
  guard squaresOfA > 0, squaresOfB > 0 else { return 0 }
  return min(1, max(-1, dot / (squaresOfA * squaresOfB).squareRoot()))
}
