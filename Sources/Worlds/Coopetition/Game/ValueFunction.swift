import Foundation

/// What an agent makes of its own contribution, and what all make of it together (TR-1, arXiv 2510.18802).
public enum ValueFunction: Sendable, Equatable {
  /// f(a) = scale ln(1 + a).
  case logarithmic(scale: Double)
  /// f(a) = a^exponent, exponent of (0, 1).
  case power(exponent: Double)

  /// f(a).
  public func value(_ action: Double) -> Double {
    switch self {
    case .logarithmic(let scale): scale * log1p(max(action, 0))
    case .power(let exponent): pow(max(action, 1e-10), exponent)
    }
  }

  /// f'(a).
  public func slope(_ action: Double) -> Double {
    switch self {
    case .logarithmic(let scale): scale / (1 + action)
    case .power(let exponent): exponent * pow(max(action, 1e-10), exponent - 1)
    }
  }

  /// The geometric mean of the actions; 0 when any is at most 1e-10.
  public static func synergy(_ actions: some Collection<Double>) -> Double {
    guard actions.allSatisfy({ $0 > 1e-10 }), !actions.isEmpty else { return 0 }
    return exp(actions.reduce(0) { $0 + log($1) } / Double(actions.count))
  }
}

/// The payoffs under all coopetition games: pi_i = e_i - a_i + f(a_i) + share_i synergyWeight g(a) with g the
/// geometric mean, and U_i = pi_i + the sum over j of D_ij pi_j.
public struct PayoffFunction: Sendable, Equatable {
  public var value: ValueFunction
  /// gamma, of [0, 1].
  public var synergyWeight: Double
  public var endowments: [Double]
  /// alpha, sums to 1.
  public var shares: [Double]
  /// D row by row: how much agent i depends on agent j; of [0, 1], 0 on the diagonal.
  public var dependence: [[Double]]

  public init(
    value: ValueFunction, synergyWeight: Double, endowments: [Double], shares: [Double],
    dependence: [[Double]]
  ) {
    self.value = value
    self.synergyWeight = synergyWeight
    self.endowments = endowments
    self.shares = shares
    self.dependence = dependence
  }

  /// pi of every agent.
  public func payoffs(_ actions: [Double]) -> [Double] {
    let surplus = synergyWeight * ValueFunction.synergy(actions)
    return actions.indices.map {
      endowments[$0] - actions[$0] + value.value(actions[$0]) + shares[$0] * surplus
    }
  }

  /// U of every agent, D as the weights.
  public func utilities(_ actions: [Double]) -> [Double] {
    let payoffs = payoffs(actions)
    return payoffs.indices.map { i in
      payoffs[i] + zip(dependence[i], payoffs).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  /// V: the sum of f(a_i) plus the surplus.
  public func totalValue(_ actions: [Double]) -> Double {
    actions.reduce(0) { $0 + value.value($1) } + synergyWeight * ValueFunction.synergy(actions)
  }
}
