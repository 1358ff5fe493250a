import Numeric
import Worlds

/// TD3 (Fujimoto, van Hoof and Meger 2018), and DDPG as its plain form.
public final class TD3: OffPolicyLearner {
  private let policyTarget: DenseNetwork
  private let policyOptimizer: Adam
  private let critics: [(DenseNetwork, Adam)]
  private let criticTargets: [DenseNetwork]
  private var input, targets, values, outputGradient, inputGradient, actionGradient, nextActions: [Float]

  public init(_ world: some World, _ configuration: OffPolicyConfiguration = .td3) {
    let (width, size, rows) = (
      world.observationWidth, world.actionSpace(of: 0).width, configuration.batchSize
    )
    var random = PCG64(seed: configuration.seed &+ 0x9E37)
    let policy = DenseNetwork(
      widths: [width] + configuration.netArch + [size], activation: configuration.activation, output: .tanh,
      random: &random)
    policyTarget = policy.copy()
    policyOptimizer = Adam(policy, learningRate: configuration.learningRate)
    var critics: [(DenseNetwork, Adam)] = []
    for _ in 0..<configuration.nCritics {
      let critic = DenseNetwork(
        widths: [width + size] + configuration.netArch + [1], activation: configuration.activation,
        random: &random)
      critics.append((critic, Adam(critic, learningRate: configuration.learningRate)))
    }
    self.critics = critics
    criticTargets = critics.map { $0.0.copy() }
    input = Array(repeating: 0, count: rows * (width + size))
    inputGradient = input
    targets = Array(repeating: 0, count: rows)
    (values, outputGradient) = (targets, targets)
    actionGradient = Array(repeating: 0, count: rows * size)
    nextActions = actionGradient
    super.init(world, configuration, policy: policy)
  }

  override var networks: [(String, DenseNetwork)] {
    super.networks + [("policy.target", policyTarget)]
      + critics.enumerated().map { ("critic.\($0.offset)", $0.element.0) }
      + criticTargets.enumerated().map { ("critic.target.\($0.offset)", $0.element) }
  }
  override var optimizers: [(String, Adam)] {
    [("policy.optimizer", policyOptimizer)]
      + critics.enumerated().map { ("critic.optimizer.\($0.offset)", $0.element.1) }
  }

  override func choose(_ observation: UnsafePointer<Float>, explores: Bool, into target: inout [Float]) {
    let output = policy.forward(observation, rows: 1)
    for place in 0..<actionWidth {
      let noise = explores ? Float(configuration.actionNoise * random.normal()) : 0
      target[place] = min(max(output[place] + noise, -1), 1)
    }
  }

  override func update() {
    let rows = sample.rows
    let next = policyTarget.forward(sample.nextObservations, rows: rows)
    let (deviation, limit) = (configuration.targetPolicyNoise, Float(configuration.targetNoiseClip))
    for index in nextActions.indices {
      let noise = deviation > 0 ? min(max(Float(deviation * random.normal()), -limit), limit) : 0
      nextActions[index] = min(max(next[index] + noise, -1), 1)
    }
    join(sample.nextObservations, nextActions, into: &input)
    for (place, critic) in criticTargets.enumerated() {
      let found = critic.forward(input, rows: rows)
      for row in 0..<rows { values[row] = place == 0 ? found[row] : min(values[row], found[row]) }
    }
    for row in 0..<rows {
      targets[row] =
        Float(sample.rewards[row]) + (sample.terminated[row] ? 0 : Float(configuration.gamma) * values[row])
    }
    join(sample.observations, sample.actions, into: &input)
    fit(critics, input, targets: targets, &outputGradient)
    guard updates % configuration.policyDelay == 0 else { return }

    // Up the first critic's value of the policy's own actions.
    let actions = policy.forward(sample.observations, rows: rows)
    join(sample.observations, UnsafePointer(actions.baseAddress!), into: &input)
    let critic = critics[0].0
    _ = critic.forward(input, rows: rows)
    for row in 0..<rows { outputGradient[row] = -1 / Float(rows) }
    critic.backward(
      input, rows: rows, outputGradient: outputGradient, inputGradient: &inputGradient,
      parameterGradients: false)
    let total = width + actionWidth
    for row in 0..<rows {
      for place in 0..<actionWidth {
        actionGradient[row * actionWidth + place] = inputGradient[row * total + width + place]
      }
    }
    policy.backward(sample.observations, rows: rows, outputGradient: actionGradient)
    policyOptimizer.step()
    policyTarget.blend(towards: policy, rate: configuration.tau)
    for (target, (critic, _)) in zip(criticTargets, critics) {
      target.blend(towards: critic, rate: configuration.tau)
    }
  }
}
