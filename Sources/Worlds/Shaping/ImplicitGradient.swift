/// Gradients of bi-level problems: an inner learner goes theta <- theta + rate Delta(theta, phi), an outer objective
/// J(theta) is to be raised through phi. H = dDelta/dtheta, v = dJ/dtheta.
public enum ImplicitGradient {
  /// What came of a Neumann series.
  public struct Solution: Sendable, Equatable {
    /// About -H^-1 v.
    public var x: [Double]
    /// The terms summed, v's among them.
    public var terms: Int
    /// Whether the series was cut because its terms grew: H is not negative definite, or the rate too large.
    public var diverged: Bool
    /// The rate in use, after damping.
    public var rate: Double
  }

  /// x = -H^-1 v at a fixed point Delta = 0, so that dJ/dphi = x^T dDelta/dphi, by the series
  /// x = rate sum_k (I + rate H)^k v (Lorraine, Vicol and Duvenaud 2020). It converges when H is negative definite and
  /// rate < 2 / |H|.
  ///
  /// - Parameters:
  ///   - steps: Terms after the first.
  ///   - bound: |H| if known: the rate is lowered to 1 / bound where it is larger.
  ///   - product: H times a vector.
  public static func neumann(
    _ v: [Double], steps: Int = 30, rate: Double = 0.2, bound: Double? = nil,
    product: ([Double]) -> [Double]
  ) -> Solution {
    let rate = bound.map { $0 > 0 ? min(rate, 1 / $0) : rate } ?? rate
    let limit = 1e3 * length(v)
    var (term, sum) = (v, v)
    var terms = 1
    for _ in 0..<steps {
      let change = product(term)
      for index in term.indices { term[index] += rate * change[index] }
      let size = length(term)
      guard size.isFinite, size <= limit else {
        return Solution(x: sum.map { rate * $0 }, terms: terms, diverged: true, rate: rate)
      }
      for index in sum.indices { sum[index] += term[index] }
      terms += 1
    }
    return Solution(x: sum.map { rate * $0 }, terms: terms, diverged: false, rate: rate)
  }

  /// dJ/dphi by going back through the last inner updates, the first of which starts from a theta taken as given.
  ///
  /// - Parameters:
  ///   - rate: The inner step size.
  ///   - product: H at the theta before update k (0 is the earliest) times a vector.
  ///   - pull: x^T dDelta/dphi at that theta.
  public static func unrolled(
    _ v: [Double], updates: Int, rate: Double, product: (_ update: Int, _ x: [Double]) -> [Double],
    pull: (_ update: Int, _ x: [Double]) -> [Double]
  ) -> [Double] {
    var adjoint = v
    var gradient: [Double] = []
    for update in (0..<updates).reversed() {
      let part = pull(update, adjoint)
      if gradient.isEmpty { gradient = [Double](repeating: 0, count: part.count) }
      for index in part.indices { gradient[index] += rate * part[index] }
      let change = product(update, adjoint)
      for index in adjoint.indices { adjoint[index] += rate * change[index] }
    }
    return gradient
  }

  /// |H|, the largest absolute eigenvalue of a symmetric H, from below, by power iterations.
  public static func normBound(size: Int, iterations: Int = 10, product: ([Double]) -> [Double]) -> Double {
    // A random start is blind to no eigenvector.
    var random = PCG64(seed: 1)
    var x = (0..<size).map { _ in random.normal() }
    var bound = 0.0
    for _ in 0..<iterations {
      let scale = length(x)
      if scale == 0 { return bound }
      x = product(x.map { $0 / scale })
      bound = max(bound, length(x))
    }
    return bound
  }

  private static func length(_ x: [Double]) -> Double { dot(x, x).squareRoot() }
}
