import Foundation
import Numeric

/// The two losses of PPO (Schulman et al. 2017) and their gradients on one minibatch.
enum PPOLoss {
  /// Means over the minibatch.
  struct PolicyTerms {
    /// -min(ratio A, clip(ratio) A).
    var loss: Float = 0
    var entropy: Float = 0
    /// (ratio - 1) - log ratio, Schulman's estimator of the KL divergence.
    var divergence: Float = 0
    var clippedRows = 0
  }

  /// Adds the gradient of the clipped surrogate (eq. 7) minus `entCoef` times the entropy to the policy's and the
  /// log deviations' gradients.
  static func addPolicyGradient(
    _ policy: DenseNetwork, _ logDeviations: ParameterVector, _ distribution: ActionDistribution,
    _ batch: inout Minibatch, clip: Float, entCoef: Float
  ) -> PolicyTerms {
    let count = batch.count
    let outputs = policy.forward(batch.observations, rows: count)
    let share = 1 / Float(count)
    var terms = PolicyTerms()
    batch.policyGradients.withUnsafeMutableBufferPointer { gradients in
      batch.actions.withUnsafeBufferPointer { actions in
        for row in 0..<count {
          let output = outputs.baseAddress! + row * distribution.outputs
          let action = actions.baseAddress! + row * distribution.width
          let (logProbability, entropy) = distribution.evaluate(
            output, logDeviations: logDeviations.parameters, action: action)
          let logRatio = logProbability - batch.logProbabilities[row]
          let ratio = exp(logRatio)
          let advantage = batch.advantages[row]
          let bounded = min(max(ratio, 1 - clip), 1 + clip)
          terms.loss -= min(ratio * advantage, bounded * advantage) * share
          terms.entropy += entropy * share
          terms.divergence += (ratio - 1 - logRatio) * share
          if abs(ratio - 1) > clip { terms.clippedRows += 1 }
          // The minimum's gradient: none where clipping holds it.
          let isFree = ratio * advantage <= bounded * advantage
          distribution.gradient(
            output, logDeviations: logDeviations.parameters, action: action,
            byLogProbability: isFree ? -advantage * ratio * share : 0, byEntropy: -entCoef * share,
            into: gradients.baseAddress! + row * distribution.outputs,
            deviationGradients: logDeviations.gradients)
        }
      }
    }
    policy.backward(batch.observations, rows: count, outputGradient: batch.policyGradients)
    return terms
  }

  /// Adds the gradient of `coefficient` times the mean squared error of the values to the value network's.
  /// - Returns: The mean squared error.
  static func addValueGradient(_ value: DenseNetwork, _ batch: inout Minibatch, coefficient: Float) -> Float {
    let count = batch.count
    let share = 1 / Float(count)
    let values = value.forward(batch.observations, rows: count)
    var loss: Float = 0
    for row in 0..<count {
      let error = values[row] - batch.returns[row]
      loss += error * error * share
      batch.valueGradients[row] = 2 * error * share * coefficient
    }
    value.backward(batch.observations, rows: count, outputGradient: batch.valueGradients)
    return loss
  }
}
