import Foundation

/// The weights of a main reward and of constraints on rates, learned while a policy is (direct behaviour
/// specification, arXiv 2112.12228): a constraint that is broken gains weight, one that is kept loses it, and all
/// weights together are 1, so that no constraint can drown the others without end.
///
/// lambda = softmax(z), z all 0.02 at first; the loss sum_k sign_k lambda_k (rate_k - d_k) goes down by Adam.
public final class ConstraintMultipliers: @unchecked Sendable {
  /// One bound on a rate.
  public struct Bound: Sendable, Equatable {
    public enum Direction: Sendable, Equatable {
      /// rate <= d: what should be rare. Its weight is paid with the sign -1.
      case atMost
      /// rate >= d: what is wanted. Sign +1.
      case atLeast
    }

    public var name: String
    public var direction: Direction
    /// d, from 0 to 1.
    public var rate: Double
    /// Lends its weight to the main reward when that has less, so that a sparse success keeps the shaped main
    /// reward alive. At most one.
    public var isBootstrap: Bool

    public init(_ name: String, _ direction: Direction, _ rate: Double, isBootstrap: Bool = false) {
      self.name = name
      self.direction = direction
      self.rate = rate
      self.isBootstrap = isBootstrap
    }

    public var sign: Double { direction == .atMost ? -1 : 1 }
  }

  public let bounds: [Bound]
  /// False: lambda = max(z, 0) without a limit, and the main reward always counts 1.
  public let isNormalized: Bool
  /// z_0 (main reward), z_1, ...
  let parameters: ParameterVector
  let optimizer: Adam
  public internal(set) var updates = 0

  public init(_ bounds: [Bound], learningRate: Double = 0.03, isNormalized: Bool = true) {
    precondition(bounds.count(where: \.isBootstrap) <= 1, "one bootstrap constraint at most")
    self.bounds = bounds
    self.isNormalized = isNormalized
    parameters = ParameterVector(Array(repeating: 0.02, count: bounds.count + 1))
    optimizer = Adam(
      parameters, parameters: parameters.parameters, gradients: parameters.gradients,
      learningRate: learningRate, epsilon: 1e-5)
  }

  /// lambda_0 of the main reward, then one for each bound.
  public var multipliers: [Double] {
    let z = parameters.parameters.map(Double.init)
    if !isNormalized { return [1] + z.dropFirst().map { max($0, 0) } }
    let exponentials = z.map { exp($0 - z.max()!) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }

  /// What the main reward and each cost are multiplied with, bootstrap and signs applied.
  public var weights: (main: Double, costs: [Double]) {
    let multipliers = multipliers
    var main = multipliers[0]
    for (bound, multiplier) in zip(bounds, multipliers.dropFirst()) where bound.isBootstrap {
      main = max(main, multiplier)
    }
    return (main, zip(bounds, multipliers.dropFirst()).map { $0.sign * $1 })
  }

  /// One step on the rates of late; nil where nothing was observed.
  public func update(rates: [Double?]) {
    precondition(rates.count == bounds.count, "\(rates.count) rates for \(bounds.count) constraints")
    let excess =
      [0] + zip(bounds, rates).map { bound, rate in rate.map { bound.sign * ($0 - bound.rate) } ?? 0 }
    if isNormalized {
      let multipliers = multipliers
      let mean = zip(multipliers, excess).reduce(0) { $0 + $1.0 * $1.1 }
      for index in excess.indices {
        parameters.gradients[index] = Float(multipliers[index] * (excess[index] - mean))
      }
    } else {
      for index in excess.indices { parameters.gradients[index] = Float(excess[index]) }
    }
    optimizer.step()
    updates += 1
  }

  /// Constraints whose weight is above 0.95: they starve the others, as those of a set that cannot be met do.
  public var warnings: [String] {
    guard isNormalized else { return [] }
    return zip(bounds, multipliers.dropFirst()).filter { $0.1 > 0.95 }.map { bound, _ in
      "constraint \"\(bound.name)\" has taken more than 0.95 of the weight: it may not be possible to meet it; "
        + "loosen it, or look whether its direction is right"
    }
  }
}
