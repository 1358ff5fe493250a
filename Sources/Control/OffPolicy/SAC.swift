import Foundation
import Numeric
import Worlds

/// Soft actor-critic (Haarnoja et al. 2018) with two critics and, by default, a learned temperature.
public final class SAC: OffPolicyLearner {
  private let policyOptimizer: Adam
  private let critics: [(DenseNetwork, Adam)]
  private let criticTargets: [DenseNetwork]
  private let logTemperature: ParameterVector
  private let temperatureOptimizer: Adam
  private var input, targets, values, outputGradient, inputGradient, policyGradient: [Float]
  private var drawn: SquashedGaussian

  /// The weight of the entropy.
  public var temperature: Double { configuration.entCoef ?? exp(Double(logTemperature.parameters[0])) }

  public init(_ world: some World, _ configuration: OffPolicyConfiguration = .sac) {
    let (width, size, rows) = (
      world.observationWidth, world.actionSpace(of: 0).width, configuration.batchSize
    )
    var random = PCG64(seed: configuration.seed &+ 0x9E37)
    // Means and log standard deviations, side by side.
    let policy = DenseNetwork(
      widths: [width] + configuration.netArch + [2 * size], activation: configuration.activation,
      random: &random)
    policyOptimizer = Adam(policy, learningRate: configuration.learningRate)
    var critics: [(DenseNetwork, Adam)] = []
    for _ in 0..<2 {
      let critic = DenseNetwork(
        widths: [width + size] + configuration.netArch + [1], activation: configuration.activation,
        random: &random)
      critics.append((critic, Adam(critic, learningRate: configuration.learningRate)))
    }
    self.critics = critics
    criticTargets = critics.map { $0.0.copy() }
    logTemperature = ParameterVector([0])
    temperatureOptimizer = Adam(
      logTemperature, parameters: logTemperature.parameters, gradients: logTemperature.gradients,
      learningRate: configuration.learningRate)
    input = Array(repeating: 0, count: rows * (width + size))
    inputGradient = input
    targets = Array(repeating: 0, count: rows)
    (values, outputGradient) = (targets, targets)
    drawn = SquashedGaussian(rows: rows, width: size)
    policyGradient = Array(repeating: 0, count: rows * 2 * size)
    super.init(world, configuration, policy: policy)
  }

  override var networks: [(String, DenseNetwork)] {
    super.networks + critics.enumerated().map { ("critic.\($0.offset)", $0.element.0) }
      + criticTargets.enumerated().map { ("critic.target.\($0.offset)", $0.element) }
  }
  override var vectors: [(String, ParameterVector)] { [("temperature", logTemperature)] }
  override var optimizers: [(String, Adam)] {
    [("policy.optimizer", policyOptimizer), ("temperature.optimizer", temperatureOptimizer)]
      + critics.enumerated().map { ("critic.optimizer.\($0.offset)", $0.element.1) }
  }

  override func choose(_ observation: UnsafePointer<Float>, explores: Bool, into target: inout [Float]) {
    let output = policy.forward(observation, rows: 1)
    for place in 0..<actionWidth {
      let deviation = exp(SquashedGaussian.clamp(output[actionWidth + place]))
      target[place] = tanh(output[place] + (explores ? deviation * Float(random.normal()) : 0))
    }
  }

  override func update() {
    let rows = sample.rows
    let alpha = Float(temperature)
    drawn.draw(policy.forward(sample.nextObservations, rows: rows), random: &random)
    join(sample.nextObservations, drawn.actions, into: &input)
    for (place, critic) in criticTargets.enumerated() {
      let found = critic.forward(input, rows: rows)
      for row in 0..<rows { values[row] = place == 0 ? found[row] : min(values[row], found[row]) }
    }
    for row in 0..<rows {
      let next = Float(configuration.gamma) * (values[row] - alpha * drawn.logProbabilities[row])
      targets[row] = Float(sample.rewards[row]) + (sample.terminated[row] ? 0 : next)
    }
    join(sample.observations, sample.actions, into: &input)
    fit(critics, input, targets: targets, &outputGradient)

    let output = policy.forward(sample.observations, rows: rows)
    drawn.draw(output, random: &random)
    improve(output, alpha)
    if configuration.entCoef == nil {
      let mean = drawn.logProbabilities.reduce(0, +) / Float(rows)
      logTemperature.gradients[0] = -(mean - Float(actionWidth))
      temperatureOptimizer.step()
    }
    for (target, (critic, _)) in zip(criticTargets, critics) {
      target.blend(towards: critic, rate: configuration.tau)
    }
  }

  /// One step of the policy down alpha log pi - min Q, through the drawn actions.
  private func improve(_ output: UnsafeMutableBufferPointer<Float>, _ alpha: Float) {
    let (rows, size, total) = (sample.rows, actionWidth, width + actionWidth)
    join(sample.observations, drawn.actions, into: &input)
    let first = Array(critics[0].0.forward(input, rows: rows))
    let second = critics[1].0.forward(input, rows: rows)
    let firstCounts = first.indices.map { first[$0] <= second[$0] }
    for index in policyGradient.indices { policyGradient[index] = 0 }
    for (place, (critic, _)) in critics.enumerated() {
      for row in 0..<rows { outputGradient[row] = firstCounts[row] == (place == 0) ? -1 / Float(rows) : 0 }
      critic.backward(
        input, rows: rows, outputGradient: outputGradient, inputGradient: &inputGradient,
        parameterGradients: false)
      for row in 0..<rows {
        for index in 0..<size {
          policyGradient[row * 2 * size + index] += inputGradient[row * total + width + index]
        }
      }
    }
    drawn.finishPolicyGradient(output, alpha: alpha, into: &policyGradient)
    policy.backward(sample.observations, rows: rows, outputGradient: policyGradient)
    policyOptimizer.step()
  }
}
