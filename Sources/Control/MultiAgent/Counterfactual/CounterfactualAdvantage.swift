import Foundation

/// What COMA computes from a critic's values, as pure functions.
enum CounterfactualAdvantage {
  /// Q(taken) - sum over actions of pi Q (Foerster et al. 2018, eq. 4): what one agent's action is worth beside what
  /// else he might have done, all others' actions held.
  static func value(_ values: some Collection<Float>, _ probabilities: some Collection<Float>, taken: Int)
    -> Float
  {
    let mean = zip(values, probabilities).reduce(0) { $0 + $1.0 * $1.1 }
    return values[values.index(values.startIndex, offsetBy: taken)] - mean
  }

  /// TD(lambda) targets y_t = r_t + gamma ((1 - lambda) Q_t+1 + lambda y_t+1) (Sutton and Barto 2018, section 12.1).
  /// - Parameters:
  ///   - nextValues: Q of the next step's action, by its step; where an episode was cut, of its last state.
  ///   - discounts: gamma, or 0 where the episode terminated.
  ///   - isLast: Whether an episode ended with the step: y then goes on in Q alone.
  static func targets(
    rewards: [Float], nextValues: [Float], discounts: [Float], isLast: [Bool], lambda: Float
  ) -> [Float] {
    var targets = rewards
    for step in rewards.indices.reversed() {
      let isCut = isLast[step] || step + 1 == rewards.count
      let next = isCut ? nextValues[step] : (1 - lambda) * nextValues[step] + lambda * targets[step + 1]
      targets[step] += discounts[step] * next
    }
    return targets
  }

  /// (1 - epsilon) softmax(outputs) + epsilon / count.
  static func probabilities(_ outputs: UnsafeMutablePointer<Float>, _ count: Int, epsilon: Float) -> [Float] {
    let normalizer = ActionDistribution.logSumExp(outputs, count)
    return (0..<count).map { (1 - epsilon) * exp(outputs[$0] - normalizer) + epsilon / Float(count) }
  }
}
