import Foundation

/// VeRPO's weights of a problem's tests (arXiv 2601.03525, equations 3 and 7 to 9): a test that few of the group's
/// programs pass weighs exponentially more, and tests of like pass rates share the weight of one.
///
/// For test j with pass rate rho_j: `w_j = exp(-a rho_j) / (N_j + 1e-8)`, where
/// `N_j = sum_k exp(-(rho_j - rho_k)^2 / (2 sigma^2))` counts the tests of like pass rate, itself among them.
/// sigma is half the population's standard deviation of the pass rates, at least 1e-3; when all pass rates are
/// equal, N_j is the number of tests.
///
/// Range: 0 < w_j <= 1.
public struct DifficultyWeights: Sendable, Equatable {
  /// The share of programs that pass each test.
  public let passRates: [Double]
  public let weights: [Double]

  /// The paper's `a`.
  public static let defaultSharpness = 2.0

  /// - Parameters:
  ///   - passes: one row a program, all of the same length: which tests it passes.
  ///   - sharpness: the paper's `a`, not negative; 0 leaves difficulty out.
  ///   - width: sigma; nil computes it from the pass rates.
  public init(passes: [[Bool]], sharpness: Double = defaultSharpness, width: Double? = nil) {
    let count = passes.first?.count ?? 0
    precondition(passes.allSatisfy { $0.count == count }, "programs of one group have the same tests")
    let rates = (0..<count).map { test in Double(passes.count { $0[test] }) / Double(passes.count) }
    let isOne = rates.allSatisfy { $0 == rates[0] }
    let mean = rates.reduce(0, +) / Double(max(count, 1))
    let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(count, 1))
    let sigma = width ?? max(variance.squareRoot() / 2, 1e-3)
    passRates = rates
    weights = rates.map { rate in
      let density =
        isOne
        ? Double(count)
        : rates.reduce(0) { $0 + exp(-(rate - $1) * (rate - $1) / (2 * sigma * sigma)) }
      return exp(-sharpness * rate) / (density + 1e-8)
    }
  }

  /// The local reward: the weight of the passed tests. From 0 to the sum of the weights.
  public func credit(for passes: [Bool]) -> Double {
    zip(weights, passes).reduce(0) { $1.1 ? $0 + $1.0 : $0 }
  }
}
