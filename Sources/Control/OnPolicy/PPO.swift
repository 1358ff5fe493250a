import Foundation
import Numeric
import Worlds

/// The settings of PPO, under Stable-Baselines3's names and with its defaults.
public struct PPOConfiguration: Sendable, Equatable {
  public var learningRate = 3e-4
  /// Environments that step together.
  public var nEnvs = 8
  /// Steps of every environment between updates.
  public var nSteps = 256
  /// Rows of a minibatch.
  public var batchSize = 64
  public var nEpochs = 10
  public var gamma = 0.99
  public var gaeLambda = 0.95
  public var clipRange = 0.2
  public var entCoef = 0.0
  public var vfCoef = 0.5
  public var maxGradNorm = 0.5
  /// Whether learning rate and clip range fall linearly to 0 over the run.
  public var linearSchedule = false
  public var normalizeAdvantage = true
  /// Hidden widths of policy and value network (apart from each other).
  public var netArch = [64, 64]
  public var activation = DenseActivation.tanh
  public var seed: UInt64 = 1

  public init() {}
}

/// Proximal policy optimisation (Schulman et al. 2017) on a vector of environments.
///
/// The loss, the order of the updates and the treatment of time limits are those of Stable-Baselines3's PPO: clipped
/// surrogate, value loss without clipping, advantages normalised in each minibatch, one gradient norm over all
/// parameters, gamma V added to the reward of a truncated step. Several agents share one policy.
public final class PPO {
  /// What an update did.
  public struct Update: Sendable {
    /// Steps of all environments so far.
    public var steps: Int
    /// Mean return (the world's reward) and length of the last 100 episodes; nil before the first ended.
    public var meanReturn: Double?
    public var meanLength: Double?
    /// Episodes that have ended so far.
    public var episodes: Int
    public var policyLoss, valueLoss, entropy: Double
    /// Mean of (ratio - 1) - log ratio, Schulman's estimator of the KL divergence.
    public var approximateKL: Double
    /// Share of rows whose ratio was clipped.
    public var clipFraction: Double
  }

  public let configuration: PPOConfiguration
  public let environment: any VectorEnvironment
  public let policy: DenseNetwork
  public let value: DenseNetwork
  /// Log standard deviations of a continuous policy.
  public let logDeviations: ParameterVector
  /// What is paid in place of the world's reward; nil for the world's own.
  public var reward: (any StepReward)?
  public private(set) var steps = 0
  public private(set) var episodes = 0

  private let distribution: ActionDistribution
  let optimizers: [Adam]
  private(set) var random: PCG64
  private let rows: Int
  private let width: Int
  private let rollout: Rollout
  /// rows x choices: the policy's probabilities in the step being made, for rewards that ask; empty for boxes.
  private var probabilities: [Double] = []
  private(set) var lastReturns: [Double] = []
  private(set) var lastLengths: [Int] = []

  /// - Precondition: Positive counts; `batchSize` at most `nEnvs` x `nSteps` x agents.
  public init(_ world: some World, _ configuration: PPOConfiguration = PPOConfiguration()) {
    self.configuration = configuration
    precondition(configuration.nEnvs > 0 && configuration.nSteps > 0 && configuration.batchSize > 1)
    environment = world.vector(count: configuration.nEnvs, seed: configuration.seed &* 1_000_003)
    random = PCG64(seed: configuration.seed)
    distribution = ActionDistribution(world.actionSpace(of: 0))
    width = world.observationWidth
    rows = environment.count * environment.agents
    let hidden = configuration.netArch
    let root = 2.0.squareRoot()
    policy = DenseNetwork(
      widths: [width] + hidden + [distribution.outputs], activation: configuration.activation,
      initialization: .orthogonal(hidden: root, output: 0.01), random: &random)
    value = DenseNetwork(
      widths: [width] + hidden + [1], activation: configuration.activation,
      initialization: .orthogonal(hidden: root, output: 1), random: &random)
    logDeviations = ParameterVector(Array(repeating: 0, count: distribution.width))
    optimizers = [
      Adam(policy, learningRate: configuration.learningRate, epsilon: 1e-5),
      Adam(value, learningRate: configuration.learningRate, epsilon: 1e-5),
      Adam(
        logDeviations, parameters: logDeviations.parameters, gradients: logDeviations.gradients,
        learningRate: configuration.learningRate, epsilon: 1e-5),
    ]
    let inputs = RolloutInputs(
      rows: configuration.nSteps * rows, width: width,
      copies: environment.sharedObservations == nil ? 1 : environment.agents)
    rollout = Rollout(
      steps: configuration.nSteps, rows: rows, inputs: inputs, actionWidth: distribution.width)
  }

  /// Trains until `totalSteps` steps of all environments are taken.
  /// - Returns: The last update; nil when there was none.
  @discardableResult
  public func learn(totalSteps: Int) -> Update? { learn(totalSteps: totalSteps) { _ in true } }

  /// Trains until `totalSteps` steps of all environments are taken, or `onUpdate` returns false.
  /// - Returns: The last update; nil when there was none.
  @discardableResult
  public func learn(totalSteps: Int, onUpdate: (Update) throws -> Bool) rethrows -> Update? {
    var last: Update?
    while steps < totalSteps {
      let progress = Double(steps) / Double(totalSteps)
      collect()
      var update = improve(configuration.linearSchedule ? 1 - progress : 1)
      update.steps = steps
      update.episodes = episodes
      if !lastReturns.isEmpty {
        update.meanReturn = lastReturns.reduce(0, +) / Double(lastReturns.count)
        update.meanLength = Double(lastLengths.reduce(0, +)) / Double(lastLengths.count)
      }
      last = update
      if try !onUpdate(update) { break }
    }
    return last
  }

  /// The action for one observation: drawn, or the likeliest one. Inside its space.
  public func act(_ observation: [Float], deterministic: Bool = true) -> [Float] {
    precondition(observation.count == width, "\(observation.count) numbers are no observation of \(width)")
    return distribution.action(
      policy.forward(observation, rows: 1).baseAddress!, logDeviations: logDeviations.parameters,
      deterministic: deterministic,
      random: &random)
  }

  /// Takes counters, generator and last episodes of a kept state.
  func resume(steps: Int, episodes: Int, random: PCG64, lastReturns: [Double], lastLengths: [Int]) {
    (self.steps, self.episodes, self.random) = (steps, episodes, random)
    (self.lastReturns, self.lastLengths) = (lastReturns, lastLengths)
  }

  // MARK: Collecting

  private func collect() {
    var paid = [Double](repeating: 0, count: rows)
    var clipped = [Float](repeating: 0, count: rows * distribution.width)
    for step in 0..<configuration.nSteps {
      let start = step * rows
      let kept = environment.sharedObservations ?? environment.observations
      rollout.inputs.values.withUnsafeMutableBufferPointer {
        ($0.baseAddress! + step * kept.count).update(from: kept.baseAddress!, count: kept.count)
      }
      act(environment.observations.baseAddress!, start, &clipped)
      let before = reward == nil ? [] : Array(environment.observations)
      environment.step(clipped)
      let agents = environment.agents
      var hasEnded = false
      for lane in 0..<rows {
        let index = lane / agents
        paid[lane] = environment.rewards[lane]
        rollout.isLast[start + lane] = environment.terminated[index] || environment.truncated[index]
        hasEnded = hasEnded || rollout.isLast[start + lane]
      }
      if let reward { payAnother(reward, before, start, &paid) }
      for lane in 0..<rows { rollout.rewards[start + lane] = Float(paid[lane]) }
      if hasEnded { endEpisodes(start) }
      steps += environment.count
    }
    let values = value.forward(environment.observations.baseAddress!, rows: rows)
    GeneralizedAdvantage.estimate(
      rewards: rollout.rewards, values: rollout.values, isLast: rollout.isLast, nextValues: Array(values),
      gamma: configuration.gamma, lambda: configuration.gaeLambda, advantages: &rollout.advantages,
      returns: &rollout.returns)
  }

  private func act(_ seen: UnsafePointer<Float>, _ start: Int, _ clipped: inout [Float]) {
    let outputs = policy.forward(seen, rows: rows)
    let size = distribution.width
    clipped.withUnsafeMutableBufferPointer { clipped in
      rollout.actions.withUnsafeMutableBufferPointer { actions in
        for lane in 0..<rows {
          let action = actions.baseAddress! + (start + lane) * size
          rollout.logProbabilities[start + lane] = distribution.sample(
            outputs.baseAddress! + lane * distribution.outputs, logDeviations: logDeviations.parameters,
            into: action, random: &random)
          let target = clipped.baseAddress! + lane * size
          target.update(from: action, count: size)
          distribution.confine(target)
        }
      }
    }
    if reward != nil { distribution.probabilities(outputs.baseAddress!, rows: rows, into: &probabilities) }
    let values = value.forward(seen, rows: rows)
    for lane in 0..<rows { rollout.values[start + lane] = values[lane] }
  }

  /// Replaces the world's rewards of the step that has just been made.
  private func payAnother(
    _ reward: any StepReward, _ before: [Float], _ start: Int, _ paid: inout [Double]
  ) {
    let size = distribution.width
    before.withUnsafeBufferPointer { observations in
      rollout.actions.withUnsafeBufferPointer { actions in
        probabilities.withUnsafeBufferPointer { probabilities in
          var batch = TransitionBatch(
            lanes: rows, observations: observations,
            actions: UnsafeBufferPointer(rebasing: actions[start * size..<(start + rows) * size]),
            nextObservations: environment.observations, finalObservations: environment.finalObservations,
            rewards: environment.rewards, terminated: environment.terminated,
            truncated: environment.truncated, agents: environment.agents)
          if !probabilities.isEmpty { batch.probabilities = probabilities }
          paid.withUnsafeMutableBufferPointer { reward.pay(batch, into: $0) }
        }
      }
    }
  }

  /// Books the episodes that have just ended; a truncated one goes on in its value.
  private func endEpisodes(_ start: Int) {
    let agents = environment.agents
    for index in 0..<environment.count where rollout.isLast[start + index * agents] {
      episodes += 1
      let lanes = index * agents..<(index + 1) * agents
      lastReturns.append(lanes.reduce(0) { $0 + environment.episodeReturns[$1] })
      lastLengths.append(environment.episodeLengths[index])
      if environment.truncated[index], !environment.terminated[index] {
        for lane in lanes {
          let last = environment.finalObservations.baseAddress! + lane * width
          rollout.rewards[start + lane] += Float(configuration.gamma) * value.forward(last, rows: 1)[0]
        }
      }
    }
    lastReturns.removeFirst(max(0, lastReturns.count - 100))
    lastLengths.removeFirst(max(0, lastLengths.count - 100))
  }

  // MARK: Improving

  private func improve(_ factor: Double) -> Update {
    for optimizer in optimizers { optimizer.learningRate = configuration.learningRate * factor }
    let clip = Float(configuration.clipRange * factor)
    let total = rollout.rewards.count
    var order = Array(0..<total)
    var minibatch = Minibatch(
      rows: min(configuration.batchSize, total), width: width, outputs: distribution.outputs,
      actionWidth: distribution.width)
    var sums = [Double](repeating: 0, count: 5)
    var batches = 0
    for _ in 0..<configuration.nEpochs {
      random.shuffle(&order)
      for start in stride(from: 0, to: total, by: configuration.batchSize) {
        let chosen = order[start..<min(start + configuration.batchSize, total)]
        if chosen.count < 2 { continue }
        minibatch.take(chosen, from: rollout)
        step(&minibatch, clip, &sums)
        batches += 1
      }
    }
    let means = sums.map { $0 / Double(max(batches, 1)) }
    return Update(
      steps: steps, meanReturn: nil, meanLength: nil, episodes: episodes, policyLoss: means[0],
      valueLoss: means[1], entropy: means[2], approximateKL: means[3], clipFraction: means[4])
  }

  private func step(_ batch: inout Minibatch, _ clip: Float, _ sums: inout [Double]) {
    let count = batch.count
    if configuration.normalizeAdvantage { batch.normalizeAdvantages() }
    let terms = PPOLoss.addPolicyGradient(
      policy, logDeviations, distribution, &batch, clip: clip, entCoef: Float(configuration.entCoef))
    let valueLoss = PPOLoss.addValueGradient(value, &batch, coefficient: Float(configuration.vfCoef))

    let norm = optimizers.reduce(0) { $0 + $1.squaredGradientNorm }.squareRoot()
    let scale = min(1, configuration.maxGradNorm / (norm + 1e-6))
    for optimizer in optimizers { optimizer.step(scale: scale) }
    for (index, value) in [terms.loss, valueLoss, terms.entropy, terms.divergence].enumerated() {
      sums[index] += Double(value)
    }
    sums[4] += Double(terms.clippedRows) / Double(count)
  }
}
