import Foundation
import Numeric
import Worlds

/// A stochastic policy with its optimiser. Box actions are squashed by tanh.
final class Actor {
  let policy: DenseNetwork
  /// Log standard deviations of a box's numbers.
  let logDeviations: ParameterVector
  let distribution: ActionDistribution
  let trained: Trained

  /// Wider, tanh would only choose ends; narrower, nothing is explored.
  private static let logDeviationRange: ClosedRange<Float> = -3...0.5

  init(
    _ name: String, inputs: Int, space: Space, hidden: [Int], activation: DenseActivation,
    learningRate: Double, maxGradNorm: Double, logDeviation: Double, random: inout PCG64
  ) {
    distribution = ActionDistribution(space, squashes: true)
    policy = DenseNetwork(
      widths: [inputs] + hidden + [distribution.outputs], activation: activation,
      initialization: .orthogonal(hidden: 2.0.squareRoot(), output: 0.01), random: &random)
    logDeviations = ParameterVector(Array(repeating: Float(logDeviation), count: distribution.width))
    trained = Trained(
      name,
      [
        Adam(policy, learningRate: learningRate, epsilon: 1e-5),
        Adam(
          logDeviations, parameters: logDeviations.parameters, gradients: logDeviations.gradients,
          learningRate: learningRate, epsilon: 1e-5),
      ], maxGradNorm: maxGradNorm)
  }

  /// Draws an action for each of `rows` inputs.
  func draw(
    _ input: UnsafePointer<Float>, rows: Int, actions: UnsafeMutablePointer<Float>,
    logProbabilities: UnsafeMutablePointer<Float>, random: inout PCG64
  ) {
    let outputs = policy.forward(input, rows: rows)
    for row in 0..<rows {
      logProbabilities[row] = distribution.sample(
        outputs.baseAddress! + row * distribution.outputs, logDeviations: logDeviations.parameters,
        into: actions + row * distribution.width, random: &random)
    }
  }

  /// One action as the world takes it.
  func act(
    _ input: UnsafePointer<Float>, deterministic: Bool, into action: UnsafeMutablePointer<Float>,
    random: inout PCG64
  ) {
    let output = policy.forward(input, rows: 1)
    if deterministic {
      distribution.mode(output.baseAddress!, into: action)
    } else {
      _ = distribution.sample(
        output.baseAddress!, logDeviations: logDeviations.parameters, into: action, random: &random)
    }
    distribution.confine(action)
  }

  func step(steps: Int) throws(LearnerError) {
    try trained.step(steps: steps)
    for place in 0..<logDeviations.parameters.count {
      logDeviations.parameters[place] = min(
        max(logDeviations.parameters[place], Self.logDeviationRange.lowerBound),
        Self.logDeviationRange.upperBound)
    }
  }

  /// The policy as it is now, for others to play with.
  func copy() -> (policy: DenseNetwork, logDeviations: ParameterVector) {
    (policy.copy(), ParameterVector(Array(logDeviations.parameters)))
  }
}

/// A state-value network with its optimiser.
final class ValueCritic {
  let value: DenseNetwork
  let trained: Trained

  init(
    _ name: String, inputs: Int, hidden: [Int], activation: DenseActivation, learningRate: Double,
    maxGradNorm: Double, random: inout PCG64
  ) {
    value = DenseNetwork(
      widths: [inputs] + hidden + [1], activation: activation,
      initialization: .orthogonal(hidden: 2.0.squareRoot(), output: 1), random: &random)
    trained = Trained(
      name, [Adam(value, learningRate: learningRate, epsilon: 1e-5)], maxGradNorm: maxGradNorm)
  }
}
