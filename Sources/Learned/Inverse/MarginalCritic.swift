import Foundation

/// One agent's table of values over its own actions, the others averaged out: Boltzmann policy and soft value.
public struct MarginalCritic: Sendable, Equatable {
  public let states, actions: Int
  /// The inverse temperature.
  public let lambda: Double
  /// Q, state after state.
  public var values: [Double]

  public init(states: Int, actions: Int, lambda: Double) {
    self.states = states
    self.actions = actions
    self.lambda = lambda
    values = [Double](repeating: 0, count: states * actions)
  }

  /// V(s) = logsumexp(lambda Q) / lambda.
  public func value(_ state: Int) -> Double {
    let row = values[state * actions..<(state + 1) * actions]
    let most = row.max()!
    return most + log(row.reduce(0) { $0 + exp(lambda * ($1 - most)) }) / lambda
  }

  /// pi(a|s), proportional to exp(lambda Q), state after state.
  public var policy: [Double] {
    var policy = values
    for state in 0..<states { writePolicy(state, into: &policy) }
    return policy
  }

  func writePolicy(_ state: Int, into policy: inout [Double]) {
    let row = state * actions..<(state + 1) * actions
    var most = -Double.infinity
    for index in row { most = max(most, values[index]) }
    var sum = 0.0
    for index in row {
      policy[index] = exp(lambda * (values[index] - most))
      sum += policy[index]
    }
    for index in row { policy[index] /= sum }
  }

  /// rho = Q(s, a) - discount (1 - end) V(s').
  public func residual(_ state: Int, _ action: Int, _ next: Int, end: Bool, discount: Double) -> Double {
    values[state * actions + action] - (end ? 0 : discount * value(next))
  }
}
