import Foundation

/// The few statistics that the report states.
public enum Statistics {
  /// A mean with its 95 % confidence interval.
  public struct Estimate: Sendable, Equatable {
    public var mean: Double
    /// nil when one observation leaves the interval unknown.
    public var low: Double?
    public var high: Double?
    /// The number of observations.
    public var count: Int
  }

  public static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The unbiased standard deviation; nil for fewer than two values.
  public static func deviation(_ values: [Double]) -> Double? {
    guard values.count > 1, let mean = mean(values) else { return nil }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// mean ± t(0.975, n - 1) · s / √n; nil for no values. The values must be independent: pass one number per
  /// prompt, not one per sample.
  public static func estimate(_ values: [Double]) -> Estimate? {
    guard let mean = mean(values) else { return nil }
    guard let deviation = deviation(values) else {
      return Estimate(mean: mean, low: nil, high: nil, count: values.count)
    }
    let half = tQuantile(0.975, degrees: values.count - 1) * deviation / Double(values.count).squareRoot()
    return Estimate(mean: mean, low: mean - half, high: mean + half, count: values.count)
  }

  /// Student's t quantile for p in (0.5, 1), by bisection on the distribution function; good to 1e-9.
  public static func tQuantile(_ p: Double, degrees: Int) -> Double {
    precondition(p > 0.5 && p < 1 && degrees > 0, "tQuantile needs 0.5 < p < 1 and degrees > 0")
    var (low, high) = (0.0, 1.0)
    while tDistribution(high, degrees: degrees) < p, high < 1e12 { high *= 2 }
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if tDistribution(middle, degrees: degrees) < p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// P(T <= t) for t >= 0: 1 - I(ν/(ν+t²); ν/2, 1/2) / 2.
  private static func tDistribution(_ t: Double, degrees: Int) -> Double {
    let nu = Double(degrees)
    return 1 - incompleteBeta(nu / (nu + t * t), nu / 2, 0.5) / 2
  }

  /// The regularised incomplete beta function, by Lentz's continued fraction.
  private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let logBeta: Double = lgamma(a) + lgamma(b) - lgamma(a + b)
    let logPowers: Double = a * log(x) + b * log(1 - x)
    let front = exp(logPowers - logBeta) / a
    let tiny = 1e-300
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < tiny ? tiny : d)
    var fraction = d
    for index in 1...300 {
      let m = Double(index)
      let even: Double = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      let odd: Double = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      for numerator in [even, odd] {
        d = 1 + numerator * d
        d = 1 / (abs(d) < tiny ? tiny : d)
        c = 1 + numerator / c
        c = abs(c) < tiny ? tiny : c
        fraction *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return front * fraction
  }
}
