import Foundation

/// Tail probabilities of Student's t and Fisher's F, through the regularised incomplete beta function (its continued
/// fraction, Lentz's method; relative error about 1e-14).
enum TailProbability {
  /// P(|T| >= |t|) with `degrees` degrees of freedom.
  static func student(_ t: Double, degrees: Double) -> Double {
    incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
  }

  /// P(F >= f).
  static func fisher(_ f: Double, between: Double, within: Double) -> Double {
    incompleteBeta(within / (within + between * f), within / 2, between / 2)
  }

  /// I_x(a, b).
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 || x >= 1 { return x <= 0 ? 0 : 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    let tiny = 1e-300
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < tiny ? tiny : d)
    var fraction = d
    for index in 1...500 {
      let m = Double(index)
      for numerator in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 + numerator * d
        d = 1 / (abs(d) < tiny ? tiny : d)
        c = 1 + numerator / c
        if abs(c) < tiny { c = tiny }
        fraction *= d * c
      }
      if abs(d * c - 1) < 1e-15 { break }
    }
    return front * fraction
  }
}

/// One-way analysis of variance.
public struct VarianceAnalysis: Sendable, Equatable {
  public var f: Double
  public var probability: Double

  /// - Parameter groups: At least two, none empty.
  public init(groups: [[Double]]) {
    let all = groups.flatMap { $0 }
    let mean = all.reduce(0, +) / Double(all.count)
    var (between, within) = (0.0, 0.0)
    for group in groups {
      let own = group.reduce(0, +) / Double(group.count)
      between += Double(group.count) * (own - mean) * (own - mean)
      within += group.reduce(0) { $0 + ($1 - own) * ($1 - own) }
    }
    let (first, second) = (Double(groups.count - 1), Double(all.count - groups.count))
    f = between / first / (within / second)
    probability = TailProbability.fisher(f, between: first, within: second)
  }
}
