import Foundation
import Numeric

/// The settings of `DynamicsRewardTrainer`.
public struct DynamicsRewardConfiguration: Sendable, Equatable {
  public var hidden = [128, 128]
  /// The learner's hidden layers, and the gradient steps in which it is fitted to the data before the rounds begin: few,
  /// so that the discriminator sees what false transitions look like. From a learner that is fitted already it learns
  /// next to nothing.
  public var learnerHidden = [64, 64]
  public var learnerFitSteps = 25
  public var rounds = 200
  /// Learner rollouts a round, and their length.
  public var rollouts = 64
  public var horizon = 20
  /// Gradient steps a round, of as many rows of either kind as `batchSize`.
  public var discriminatorSteps = 4
  public var learnerSteps = 2
  public var batchSize = 256
  public var learningRate = 3e-4
  /// The weight of the negative log-likelihood that anchors the learner to the data.
  public var likelihoodWeight = 0.3
  /// Rounds between snapshots.
  public var snapshotEvery = 10
  /// Standard deviation of noise on the changes that the discriminator is trained on, in normalised units.
  public var instanceNoise = 0.0
  public var formula = DynamicsReward.Formula.plain
  /// Whether real transitions are called the learner's and the learner's real: a break on purpose.
  public var swapsLabels = false
  public var seed: UInt64 = 1

  public init() {}
}

/// Learns a dynamics reward: a discriminator between real transitions and those of a learner that is trained to
/// please it, both in turn. The learner begins as a model of the data and acts by a policy cloned from it.
public final class DynamicsRewardTrainer {
  /// What a round saw.
  public struct Round: Sendable, Equatable {
    /// Binary cross-entropy, both kinds added up: 1.386 when nothing is told apart.
    public var discriminatorLoss: Double
    /// The share of the last real and learner batch that the discriminator called rightly.
    public var accuracy: Double
    public var learnerReward: Double
  }

  public let normalizer: TransitionNormalizer
  public let learner: GaussianTransitionModel
  public let discriminator: DenseNetwork
  public private(set) var rounds: [Round] = []
  public private(set) var snapshots: [DynamicsReward.Snapshot] = []
  private let configuration: DynamicsRewardConfiguration
  private let data: TransitionData
  private let rows: (inputs: [Float], changes: [Float])
  private let policy: ClonedPolicy
  private let discriminatorOptimizer, learnerOptimizer: Adam
  private var random: PCG64
  private let joinedWidth: Int
  /// The learner's transitions of the round.
  private var inputs: [Float] = []
  private var changes: [Float] = []

  /// - Parameters:
  ///   - initial: The model of the data with which the learner begins, under the same normaliser.
  ///   - policy: Acts in the learner's rollouts.
  public init(
    _ data: TransitionData, normalizer: TransitionNormalizer, initial: GaussianTransitionModel,
    policy: ClonedPolicy, configuration: DynamicsRewardConfiguration = DynamicsRewardConfiguration()
  ) {
    self.data = data
    self.normalizer = normalizer
    self.policy = policy
    self.configuration = configuration
    rows = normalizer.rows(data)
    random = PCG64(seed: configuration.seed)
    joinedWidth = normalizer.inputWidth + normalizer.observationWidth
    learner = initial.copy()
    discriminator = DenseNetwork(
      widths: [joinedWidth] + configuration.hidden + [1], activation: .relu, random: &random)
    discriminatorOptimizer = Adam(discriminator, learningRate: configuration.learningRate)
    learnerOptimizer = Adam(learner.network, learningRate: configuration.learningRate)
  }

  /// Trains for all rounds.
  /// - Parameter check: Called once a round; what it throws ends the training.
  public func train(check: (DynamicsFitStep) throws -> Void = { _ in }) rethrows {
    for round in 0..<configuration.rounds {
      try check(.round(round, of: configuration.rounds))
      rollOut()
      var (loss, accuracy) = (0.0, 0.0)
      for _ in 0..<configuration.discriminatorSteps { (loss, accuracy) = discriminate() }
      var reward = 0.0
      for _ in 0..<configuration.learnerSteps { reward = improve() }
      rounds.append(Round(discriminatorLoss: loss, accuracy: accuracy, learnerReward: reward))
      if (round + 1) % configuration.snapshotEvery == 0 { keepSnapshot() }
    }
  }

  /// Whether any snapshot counts, without which there is no reward.
  var hasReward: Bool {
    snapshots.contains { configuration.formula == .plain || $0.realLogit > $0.learnerLogit }
  }

  /// The reward of all snapshots so far.
  public func reward() -> DynamicsReward {
    DynamicsReward(normalizer, snapshots: snapshots, formula: configuration.formula)
  }

  /// What looks wrong in the rounds so far, a sentence each.
  public var warnings: [String] {
    var found: [String] = []
    let last = rounds.suffix(20)
    if last.count == 20, last.allSatisfy({ $0.discriminatorLoss < 0.05 }) {
      found.append(
        "the discriminator is never wrong, so the reward is constant: lower learningRate, or set instanceNoise to 0.05"
      )
    }
    if data.count < 500 {
      found.append("\(data.count) transitions are few (below 500): the discriminator may know them by heart")
    }
    let dropped = snapshots.count { $0.realLogit <= $0.learnerLogit }
    if dropped > 0 {
      found.append(
        "\(dropped) of \(snapshots.count) snapshots rate the learner's transitions above real ones")
    }
    return found
  }

  /// Fresh transitions of the learner as it is now, as joined rows (normalised input and change).
  func learnerRows() -> [Float] {
    rollOut()
    return join(Array(0..<changes.count / learner.width), inputs, changes, noise: 0)
  }

  /// The real transitions as joined rows.
  func realRows() -> [Float] { join(Array(0..<data.count), rows.inputs, rows.changes, noise: 0) }

  private func rollOut() {
    let (count, width, size) = (configuration.rollouts, data.observationWidth, data.actionWidth)
    var states = [Float](repeating: 0, count: count * width)
    for row in 0..<count {
      let index = random.integer(below: data.count)
      for place in 0..<width { states[row * width + place] = data.observations[index * width + place] }
    }
    inputs.removeAll(keepingCapacity: true)
    changes.removeAll(keepingCapacity: true)
    var (input, means) = ([Float](repeating: 0, count: count * (width + size)), states)
    var deviations = states
    for _ in 0..<configuration.horizon {
      let actions = policy.draw(states, rows: count, random: &random)
      for row in 0..<count {
        input.withUnsafeMutableBufferPointer { target in
          states.withUnsafeBufferPointer { states in
            actions.withUnsafeBufferPointer { actions in
              normalizer.input(
                states.baseAddress! + row * width, actions.baseAddress! + row * size,
                into: target.baseAddress! + row * (width + size))
            }
          }
        }
      }
      learner.predict(input, rows: count, means: &means, deviations: &deviations)
      inputs += input
      for index in states.indices {
        let change = means[index] + deviations[index] * Float(random.normal())
        changes.append(change)
        let place = index % width
        states[index] += change * normalizer.changeDeviations[place] + normalizer.changeMeans[place]
      }
    }
  }

  private func join(_ chosen: [Int], _ inputs: [Float], _ changes: [Float], noise: Double) -> [Float] {
    let (width, size) = (normalizer.observationWidth, normalizer.inputWidth)
    var joined = [Float](repeating: 0, count: chosen.count * joinedWidth)
    for (row, index) in chosen.enumerated() {
      for place in 0..<size { joined[row * joinedWidth + place] = inputs[index * size + place] }
      for place in 0..<width {
        let extra = noise > 0 ? Float(noise * random.normal()) : 0
        joined[row * joinedWidth + size + place] = changes[index * width + place] + extra
      }
    }
    return joined
  }

  private func choose(below count: Int) -> [Int] {
    (0..<configuration.batchSize).map { _ in random.integer(below: count) }
  }

  /// One step of the discriminator: real transitions are 1, the learner's 0.
  private func discriminate() -> (loss: Double, accuracy: Double) {
    let batch = configuration.batchSize
    let real = join(choose(below: data.count), rows.inputs, rows.changes, noise: configuration.instanceNoise)
    let made = join(
      choose(below: changes.count / learner.width), inputs, changes, noise: configuration.instanceNoise)
    let joined = real + made
    let logits = discriminator.forward(joined, rows: 2 * batch)
    var gradient = [Float](repeating: 0, count: 2 * batch)
    var (loss, right) = (0.0, 0)
    for row in 0..<2 * batch {
      let isReal = (row < batch) != configuration.swapsLabels
      let logit = logits[row]
      loss += Double(GaussianTransitionModel.softplus(isReal ? -logit : logit))
      if (logit > 0) == isReal { right += 1 }
      gradient[row] = (GaussianTransitionModel.sigmoid(logit) - (isReal ? 1 : 0)) / Float(batch)
    }
    discriminator.backward(joined, rows: 2 * batch, outputGradient: gradient)
    discriminatorOptimizer.step()
    return (loss / Double(batch), Double(right) / Double(2 * batch))
  }

  /// One step of the learner up the dynamics reward -log(1 - D) through its own draws, anchored to the data.
  /// - Returns: The mean reward of the draws.
  private func improve() -> Double {
    let (batch, width, size) = (configuration.batchSize, learner.width, normalizer.inputWidth)
    let chosen = choose(below: changes.count / width)
    let input = GaussianEnsemble.rows(chosen, inputs, size)
    let noise = (0..<batch * width).map { _ in Float(random.normal()) }
    let output = learner.network.forward(input, rows: batch)
    var joined = [Float](repeating: 0, count: batch * joinedWidth)
    for row in 0..<batch {
      for place in 0..<size { joined[row * joinedWidth + place] = input[row * size + place] }
      for place in 0..<width {
        let raw = output[row * 2 * width + width + place]
        let deviation = exp(0.5 * GaussianTransitionModel.bounded(raw).value)
        joined[row * joinedWidth + size + place] =
          output[row * 2 * width + place] + deviation * noise[row * width + place]
      }
    }
    let logits = discriminator.forward(joined, rows: batch)
    var reward = 0.0
    var byLogit = [Float](repeating: 0, count: batch)
    for row in 0..<batch {
      reward += Double(GaussianTransitionModel.softplus(logits[row]))
      byLogit[row] = -GaussianTransitionModel.sigmoid(logits[row]) / Float(batch)
    }
    var byInput = [Float](repeating: 0, count: batch * joinedWidth)
    discriminator.backward(
      joined, rows: batch, outputGradient: byLogit, inputGradient: &byInput, parameterGradients: false)
    var byChange = [Float](repeating: 0, count: batch * width)
    for row in 0..<batch {
      for place in 0..<width {
        byChange[row * width + place] = byInput[row * joinedWidth + size + place]
      }
    }
    learner.addPathGradient(input, rows: batch, output: output, noise: noise, byChange: byChange)
    let anchor = choose(below: data.count)
    learner.addLikelihoodGradient(
      GaussianEnsemble.rows(anchor, rows.inputs, size), GaussianEnsemble.rows(anchor, rows.changes, width),
      rows: batch, weight: Float(configuration.likelihoodWeight))
    learnerOptimizer.step()
    return reward / Double(batch)
  }

  private func keepSnapshot() {
    func mean(_ joined: [Float]) -> Double {
      let count = joined.count / joinedWidth
      return discriminator.forward(joined, rows: count).reduce(0.0) { $0 + Double($1) } / Double(count)
    }
    let made = join(Array(0..<changes.count / learner.width), inputs, changes, noise: 0)
    snapshots.append(
      DynamicsReward.Snapshot(
        discriminator.copy(), realLogit: mean(realRows()), learnerLogit: mean(made)))
  }
}
