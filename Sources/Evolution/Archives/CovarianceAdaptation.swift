import Foundation
import Worlds

/// CMA-ES (Hansen 2016, "The CMA Evolution Strategy: A Tutorial"): a normal distribution over genomes that moves,
/// stretches and turns towards what was ranked best. Weights of the better half, no negative weights.
public struct CovarianceAdaptation: Sendable {
  public let width: Int
  /// How many are sampled each generation.
  public let batch: Int
  public private(set) var mean: [Double]
  public private(set) var sigma: Double
  private var covariance: [Double]
  private var axes: SymmetricEigen
  private var path: [Double]
  private var sigmaPath: [Double]
  private var generation = 0
  private var lastDecomposition = 0
  private let initialSigma: Double
  private let expectedNorm: Double

  /// - Parameter batch: nil for 4 + int(3 ln n).
  public init(mean: [Double], sigma: Double, batch: Int? = nil) {
    let n = mean.count
    width = n
    self.batch = batch ?? 4 + Int(3 * log(Double(n)))
    self.mean = mean
    self.sigma = sigma
    initialSigma = sigma
    covariance = [Double](repeating: 0, count: n * n)
    for i in 0..<n { covariance[i * n + i] = 1 }
    axes = SymmetricEigen(identity: n)
    path = [Double](repeating: 0, count: n)
    sigmaPath = path
    expectedNorm = Double(n).squareRoot() * (1 - 1 / (4 * Double(n)) + 1 / (21 * Double(n * n)))
  }

  /// Writes one sample.
  public func sample(into genome: UnsafeMutableBufferPointer<Double>, random: inout PCG64) {
    for i in 0..<width { genome[i] = mean[i] }
    for j in 0..<width {
      let step = sigma * axes.values[j].squareRoot() * random.normal()
      // Column j of B, which is stored row by row transposed: one axis after another.
      for i in 0..<width { genome[i] += step * axes.vectors[j * width + i] }
    }
  }

  /// Moves the distribution.
  /// - Parameter ranked: Genomes of the last generation, best first; the weights fall logarithmically over them, so
  ///   pass only those that shall count (usually the better half).
  public mutating func update(_ ranked: [[Double]]) {
    let n = Double(width)
    let mu = ranked.count
    guard mu > 0 else { return }
    var weights = (0..<mu).map { log(Double(mu) + 0.5) - log(Double($0 + 1)) }
    let sum = weights.reduce(0, +)
    for i in weights.indices { weights[i] /= sum }
    let effective = 1 / weights.reduce(0) { $0 + $1 * $1 }
    let cs = (effective + 2) / (n + effective + 5)
    let cc = (4 + effective / n) / (n + 4 + 2 * effective / n)
    let c1 = 2 / ((n + 1.3) * (n + 1.3) + effective)
    let cmu = min(1 - c1, 2 * (effective - 2 + 1 / effective) / ((n + 2) * (n + 2) + effective))
    let damping = 1 + 2 * max(0, ((effective - 1) / (n + 1)).squareRoot() - 1) + cs

    let old = mean
    mean = (0..<width).map { i in (0..<mu).reduce(0) { $0 + weights[$1] * ranked[$1][i] } }
    let step = (0..<width).map { (mean[$0] - old[$0]) / sigma }
    let whitened = axes.inverseRoot(step)
    let keep = (cs * (2 - cs) * effective).squareRoot()
    for i in 0..<width { sigmaPath[i] = (1 - cs) * sigmaPath[i] + keep * whitened[i] }
    let norm = sigmaPath.reduce(0) { $0 + $1 * $1 }.squareRoot()
    generation += 1
    let correction = (1 - pow(1 - cs, 2 * Double(generation))).squareRoot()
    let isSteady = norm / correction < (1.4 + 2 / (n + 1)) * expectedNorm
    let pull = isSteady ? (cc * (2 - cc) * effective).squareRoot() : 0
    for i in 0..<width { path[i] = (1 - cc) * path[i] + pull * step[i] }

    let lost = isSteady ? 0 : c1 * cc * (2 - cc)
    let decay = 1 - c1 - cmu + lost
    for i in 0..<width {
      for j in 0...i {
        var value = decay * covariance[i * width + j] + c1 * path[i] * path[j]
        var rank = 0.0
        for k in 0..<mu {
          rank += weights[k] * (ranked[k][i] - old[i]) * (ranked[k][j] - old[j])
        }
        value += cmu * rank / (sigma * sigma)
        covariance[i * width + j] = value
        covariance[j * width + i] = value
      }
    }
    sigma *= exp(min(1, cs / damping * (norm / expectedNorm - 1)))
    let interval = 1 / ((c1 + cmu) * n * 10)
    if Double(generation - lastDecomposition) > interval {
      axes = SymmetricEigen(covariance, width: width, near: axes)
      lastDecomposition = generation
    }
  }

  /// Whether the distribution has shrunk to nothing or lost its shape (condition number over 1e14).
  public var hasConverged: Bool {
    guard let low = axes.values.min(), let high = axes.values.max() else { return true }
    return !(low > 0) || high / low > 1e14 || sigma * high.squareRoot() < 1e-11 * max(1, initialSigma)
      || !sigma.isFinite
  }
}
