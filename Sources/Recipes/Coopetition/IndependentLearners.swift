import Control
import Foundation
import Numeric
import Worlds

/// Independent learners of a coopetition game: each agent has its own Gaussian policy on [-1, 1] (stretched over its
/// actions) and its own critic, sees the game's `realistic` form, and improves on what it alone is paid (PPO's
/// clipped surrogate). Nothing is shared but the world; what the reward mode pays is all that differs between arms.
final class IndependentLearners {
  struct Outcome: Sendable {
    /// Sum over steps and agents, of an episode without exploration.
    var total: Double
    var finalTrust: Double
    /// Mean over steps and agents.
    var meanAction: Double
    /// The mean action of the others while agent 0 is held at 20% of its endowment.
    var answer: Double
    /// The summed reward of the training episodes, iteration after iteration.
    var course: [Double]
  }

  private static let environments = 16
  private static let epochs = 4
  private static let discount = 0.95

  private let world: RescaledWorld<CoopetitionGame>
  private let isSummed: Bool
  private let width: Int
  private var random: PCG64
  private let policies, critics: [DenseNetwork]
  private let deviations: [ParameterVector]
  private let optimizers: [[Adam]]

  /// - Parameters:
  ///   - game: In the `realistic` form.
  ///   - isSummed: Every learner is paid the sum of all rewards.
  ///   - isBlind: They see nothing, so that their policies are constants with noise.
  init(_ game: CoopetitionGame, isSummed: Bool = false, isBlind: Bool = false, seed: UInt64) {
    self.isSummed = isSummed
    let count = game.agents
    width = game.observationWidth
    let share = Float(1 / (game.parameters.endowments.max() ?? 1))
    // The actions, own and others', come first; everything else lies in [0, 1].
    world = RescaledWorld(game, factors: (0..<width).map { isBlind ? 1e-12 : $0 < count ? share : 1 })
    random = PCG64(seed: seed)
    var networks: [DenseNetwork] = []
    for index in 0..<2 * count {
      networks.append(
        DenseNetwork(
          widths: [width, 16, 1], activation: .tanh,
          initialization: .orthogonal(hidden: 1.4, output: index < count ? 0.01 : 1), random: &random))
    }
    policies = Array(networks.prefix(count))
    critics = Array(networks.suffix(count))
    deviations = (0..<count).map { _ in ParameterVector([-1]) }
    optimizers = zip(zip(policies, critics), deviations).map { networks, deviation in
      [
        Adam(networks.0, learningRate: 3e-3), Adam(networks.1, learningRate: 3e-3),
        Adam(
          deviation, parameters: deviation.parameters, gradients: deviation.gradients, learningRate: 3e-3),
      ]
    }
  }

  /// Trains on `iterations` batches of 16 whole episodes.
  func learn(iterations: Int) -> Outcome {
    let environment = world.vector(count: Self.environments, seed: random.next() >> 1)
    let course = (0..<iterations).map { _ in
      let rollout = collect(environment)
      for agent in 0..<world.agents { improve(agent, rollout) }
      return rollout.worldReturn
    }
    return evaluate(course)
  }

  /// What a batch of episodes was like: arrays of steps x environments x agents.
  private struct Rollout {
    var observations: [Float] = []
    /// As drawn, of [-1, 1] for the most part; their noise, and what was paid.
    var actions: [Float] = []
    var noise: [Float] = []
    var rewards: [Double] = []
    var isLast: [Bool] = []
    var worldReturn = 0.0
  }

  private func collect(_ environment: BatchEnvironment<RescaledWorld<CoopetitionGame>>) -> Rollout {
    let (agents, lanes) = (world.agents, Self.environments * world.agents)
    var rollout = Rollout()
    var actions = [Float](repeating: 0, count: lanes)
    for _ in 0..<(world.maximumSteps ?? 100) {
      let seen = Array(environment.observations)
      for agent in 0..<agents {
        let means = policies[agent](rows(of: agent, seen, Self.environments))
        for lane in 0..<Self.environments { actions[lane * agents + agent] = means[lane] }
      }
      var drawn = actions
      for lane in 0..<lanes {
        let noise = Float(random.normal())
        drawn[lane] += exp(deviations[lane % agents].parameters[0]) * noise
        rollout.noise.append(noise)
        actions[lane] = stretched(drawn[lane], lane % agents)
      }
      environment.step(actions)
      rollout.observations += seen
      rollout.actions += drawn
      rollout.isLast += (0..<lanes).map {
        environment.terminated[$0 / agents] || environment.truncated[$0 / agents]
      }
      for lane in 0..<lanes {
        let own = lane / agents * agents..<(lane / agents + 1) * agents
        let paid = isSummed ? environment.rewards[own].reduce(0, +) : environment.rewards[lane]
        rollout.rewards.append(paid)
        rollout.worldReturn += environment.rewards[lane] / Double(Self.environments)
      }
    }
    return rollout
  }

  private func stretched(_ action: Float, _ agent: Int) -> Float {
    guard case .box(let low, let high) = world.actionSpace(of: agent) else { return action }
    return low[0] + (min(max(action, -1), 1) + 1) / 2 * (high[0] - low[0])
  }

  /// An agent's rows of a table of `count` environments x agents x width.
  private func rows(of agent: Int, _ table: [Float], _ count: Int) -> [Float] {
    (0..<count).flatMap { row in
      let start = (row * world.agents + agent) * width
      return table[start..<start + width]
    }
  }

  private func improve(_ agent: Int, _ rollout: Rollout) {
    let agents = world.agents
    let count = rollout.rewards.count / agents
    func own<Value>(_ values: [Value]) -> [Value] { (0..<count).map { values[$0 * agents + agent] } }
    let observations = rows(of: agent, rollout.observations, count)
    let (actions, noise) = (own(rollout.actions), own(rollout.noise))
    let before = deviations[agent].parameters[0]
    var (advantages, returns) = estimate(
      own(rollout.rewards), values: critics[agent](observations), isLast: own(rollout.isLast))
    normalize(&advantages)
    var gradients = advantages
    for _ in 0..<Self.epochs {
      let means = policies[agent].forward(observations, rows: count)
      let log = deviations[agent].parameters[0]
      for row in 0..<count {
        let distance = (actions[row] - means[row]) * exp(-log)
        let ratio = exp(0.5 * (noise[row] * noise[row] - distance * distance) + before - log)
        let isClipped = advantages[row] > 0 ? ratio > 1.2 : ratio < 0.8
        let weight = isClipped ? 0 : advantages[row] * ratio / Float(count)
        gradients[row] = -weight * distance * exp(-log)
        deviations[agent].gradients[0] -= weight * (distance * distance - 1)
      }
      policies[agent].backward(observations, rows: count, outputGradient: gradients)
      let values = critics[agent].forward(observations, rows: count)
      for row in 0..<count { gradients[row] = (values[row] - returns[row]) / Float(count) }
      critics[agent].backward(observations, rows: count, outputGradient: gradients)
      for optimizer in optimizers[agent] { optimizer.step() }
    }
  }

  /// Rewards are centred and scaled in the batch: episodes all have the same length.
  private func estimate(_ rewards: [Double], values: [Float], isLast: [Bool]) -> (
    advantages: [Float], returns: [Float]
  ) {
    var scaled = rewards.map { Float($0) }
    normalize(&scaled)
    var (advantages, returns) = (scaled, scaled)
    GeneralizedAdvantage.estimate(
      rewards: scaled, values: values, isLast: isLast,
      nextValues: Array(repeating: 0, count: Self.environments), gamma: Self.discount, lambda: 0.95,
      advantages: &advantages, returns: &returns)
    return (advantages, returns)
  }

  private func normalize(_ values: inout [Float]) {
    let count = Float(values.count)
    let middle = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
    let spread = max((squares / count).squareRoot(), 1e-6)
    for index in values.indices { values[index] = (values[index] - middle) / spread }
  }

  private func evaluate(_ course: [Double]) -> Outcome {
    var outcome = play(defects: false)
    outcome.answer = play(defects: true).answer
    outcome.course = course
    return outcome
  }

  /// An episode without exploration.
  private func play(defects: Bool) -> Outcome {
    let environment = world.environment(seed: 99)
    var observation = environment.reset(seed: 99)
    var outcome = Outcome(total: 0, finalTrust: 0, meanAction: 0, answer: 0, course: [])
    while true {
      var actions = (0..<world.agents).map { agent in
        stretched(policies[agent](Array(observation[agent * width..<(agent + 1) * width]))[0], agent)
      }
      if defects { actions[0] = stretched(-0.6, 0) }
      // Stretched actions are always inside their box.
      guard let transition = try? environment.step(actions) else { break }
      outcome.total += transition.rewards.reduce(0, +)
      outcome.meanAction += Double(actions.reduce(0, +)) / Double(world.agents)
      outcome.answer += Double(actions.dropFirst().reduce(0, +)) / Double(world.agents - 1)
      observation = transition.observation
      if transition.isLast { break }
    }
    let steps = Double(max(1, environment.steps))
    outcome.meanAction /= steps
    outcome.answer /= steps
    outcome.finalTrust = environment.state?.meanTrust ?? .nan
    return outcome
  }
}
