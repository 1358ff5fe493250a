import Control
import Foundation
import Numeric
import Rewards
import Worlds

/// A policy learned from an expert's steps in a world, without a reward: by ASAF, which plays and tells its own steps
/// from the expert's but takes no reinforcement learning step, or by cloning, which never plays.
///
/// Where the expert's steps cover what matters, cloning is simpler and better; ASAF corrects what cloning drifts into.
/// Not safe to use from two threads at once.
public final class ImitationLearner {
  /// What a round did.
  public struct Round: Sendable {
    public var number: Int
    /// The loss of the last step; ln 4 when nothing can be told apart.
    public var loss: Double
    /// Share of windows with |log q_phi - log q_G| > 50, whose gradients are all or nothing: take shorter windows.
    public var saturated: Double
    /// The mean return and length of the episodes just played; the world's reward, which is not used.
    public var meanReturn, meanLength: Double
  }

  public let settings: Settings
  public let policy: DenseNetwork
  public let logDeviations: ParameterVector
  private let distribution: ActionDistribution
  private let observations: Space
  private let environment: any Environment
  private let expert: ExpertEpisodes
  private let optimizers: [Adam]
  private var random: PCG64

  /// - Precondition: One agent.
  public init(_ world: any World, expert: ExpertEpisodes, _ settings: Settings = Settings(), seed: UInt64) {
    precondition(world.agents == 1, "imitation is of one agent")
    self.settings = settings
    self.expert = expert
    observations = world.observationSpace(of: 0)
    distribution = ActionDistribution(world.actionSpace(of: 0))
    environment = world.anyEnvironment(seed: seed)
    random = PCG64(seed: seed)
    policy = DenseNetwork(
      widths: [Self.width(observations)] + settings.netArch + [distribution.outputs], activation: .tanh,
      initialization: .orthogonal(hidden: 2.0.squareRoot(), output: 0.01), random: &random)
    logDeviations = ParameterVector(Array(repeating: 0, count: distribution.width))
    optimizers = [
      Adam(policy, learningRate: settings.learningRate),
      Adam(
        logDeviations, parameters: logDeviations.parameters, gradients: logDeviations.gradients,
        learningRate: settings.learningRate),
    ]
  }

  /// A choice among states is read as one number a state.
  private static func width(_ space: Space) -> Int {
    if case .discrete(let count) = space { count } else { space.width }
  }

  private func inputs(_ rows: [Float]) -> [Float] {
    guard case .discrete(let count) = observations else { return rows }
    var inputs = [Float](repeating: 0, count: rows.count * count)
    for (row, state) in rows.enumerated() { inputs[row * count + Int(state)] = 1 }
    return inputs
  }

  /// The action for one observation: drawn, or the likeliest one. Inside its space.
  public func act(_ observation: [Float], deterministic: Bool = true) -> [Float] {
    return distribution.action(
      policy.forward(inputs(observation), rows: 1).baseAddress!, logDeviations: logDeviations.parameters,
      deterministic: deterministic,
      random: &random)
  }

  /// The probability of every choice at one observation; empty where actions are numbers.
  public func probabilities(_ observation: [Float]) -> [Double] {
    var probabilities: [Double] = []
    let output = policy.forward(inputs(observation), rows: 1)
    distribution.probabilities(output.baseAddress!, rows: 1, into: &probabilities)
    return probabilities
  }

  // MARK: ASAF

  /// Learns until all rounds are done or `onRound` returns false.
  public func learn(onRound: (Round) throws -> Bool = { _ in true }) throws {
    let ours = expert.windows(of: settings.window == 0 ? nil : settings.window)
    for number in 1...settings.rounds {
      let (played, returns) = try play()
      let theirs = played.windows(of: settings.window == 0 ? nil : settings.window)
      let (expertBefore, playedBefore) = (
        logProbabilities(expert, Array(0..<expert.count)),
        logProbabilities(played, Array(0..<played.count))
      )
      var round = Round(
        number: number, loss: 0, saturated: 0, meanReturn: returns.reduce(0, +) / Double(returns.count),
        meanLength: Double(played.count) / Double(played.episodes))
      for _ in 0..<settings.steps {
        let (mine, yours) = (batch(ours), batch(theirs))
        let one = windows(expert, mine, expertBefore)
        add(one, mine, of: expert, isExpert: true)
        let two = windows(played, yours, playedBefore)
        add(two, yours, of: played, isExpert: false)
        step()
        round.loss = AdversarialSoftObjective.loss(expert: one, generated: two)
        let all = one + two
        round.saturated = Double(all.count { abs($0.reward) > 50 }) / Double(all.count)
      }
      if try !onRound(round) { return }
    }
  }

  /// Maximises the likelihood of the expert's actions, `rounds` x `steps` steps.
  public func clone() {
    let all = expert.windows(of: 1)
    for _ in 0..<settings.rounds * settings.steps {
      let rows = batch(all)
      let share = -1 / Double(rows.count)
      backward(expert, rows.map { ($0, share) })
      step()
    }
  }

  private func play() throws -> (ExpertEpisodes, [Double]) {
    var episodes = ExpertEpisodes(
      observationWidth: expert.observationWidth, actionWidth: expert.actionWidth)
    var returns: [Double] = []
    for _ in 0..<settings.episodes {
      var observation = environment.reset(seed: random.next())
      var total = 0.0
      while true {
        // Unclipped, so that its probability is the one that is compared.
        var action = [Float](repeating: 0, count: distribution.width)
        let output = policy.forward(inputs(observation), rows: 1)
        _ = distribution.sample(
          output.baseAddress!, logDeviations: logDeviations.parameters, into: &action, random: &random)
        var clipped = action
        distribution.confine(&clipped)
        let step = try environment.step(clipped)
        total += step.reward
        episodes.append(observation: observation, action: action, ends: step.isLast)
        observation = step.observation
        if step.isLast { break }
      }
      returns.append(total)
    }
    return (episodes, returns)
  }

  private func batch(_ windows: [Range<Int>]) -> [Range<Int>] {
    if settings.batchSize == 0 || settings.batchSize >= windows.count { return windows }
    return (0..<settings.batchSize).map { _ in windows[random.integer(below: windows.count)] }
  }

  /// The network's inputs of some steps.
  private func inputs(_ episodes: ExpertEpisodes, _ rows: [Int]) -> [Float] {
    let width = episodes.observationWidth
    return inputs(rows.flatMap { episodes.observations[$0 * width..<($0 + 1) * width] })
  }

  private func logProbabilities(_ episodes: ExpertEpisodes, _ rows: [Int]) -> [Double] {
    let outputs = policy.forward(inputs(episodes, rows), rows: rows.count)
    let width = distribution.width
    return rows.enumerated().map { place, row in
      let action = Array(episodes.actions[row * width..<(row + 1) * width])
      return Double(
        distribution.evaluate(
          outputs.baseAddress! + place * distribution.outputs, logDeviations: logDeviations.parameters,
          action: action
        ).logProbability)
    }
  }

  private func windows(
    _ episodes: ExpertEpisodes, _ ranges: [Range<Int>], _ before: [Double]
  ) -> [AdversarialSoftObjective.Window] {
    let now = logProbabilities(episodes, ranges.flatMap(Array.init))
    var start = 0
    return ranges.map { range in
      defer { start += range.count }
      return AdversarialSoftObjective.Window(
        logPolicy: now[start..<start + range.count].reduce(0, +), logGenerator: before[range].reduce(0, +),
        weight: 1 / Double(ranges.count))
    }
  }

  private func add(
    _ windows: [AdversarialSoftObjective.Window], _ ranges: [Range<Int>], of episodes: ExpertEpisodes,
    isExpert: Bool
  ) {
    backward(
      episodes,
      zip(ranges, windows).map { ($0, AdversarialSoftObjective.gradient($1, isExpert: isExpert)) })
  }

  /// Adds the gradients of a sum over windows of factor x log-probability.
  private func backward(_ episodes: ExpertEpisodes, _ parts: [(range: Range<Int>, factor: Double)]) {
    let rows = parts.flatMap { Array($0.range) }
    let factors = parts.flatMap { part in part.range.map { _ in Float(part.factor) } }
    let input = inputs(episodes, rows)
    let outputs = policy.forward(input, rows: rows.count)
    let width = distribution.width
    var gradient = [Float](repeating: 0, count: rows.count * distribution.outputs)
    gradient.withUnsafeMutableBufferPointer { gradient in
      for (place, row) in rows.enumerated() {
        let action = Array(episodes.actions[row * width..<(row + 1) * width])
        distribution.gradient(
          outputs.baseAddress! + place * distribution.outputs, logDeviations: logDeviations.parameters,
          action: action, byLogProbability: factors[place], byEntropy: 0,
          into: gradient.baseAddress! + place * distribution.outputs,
          deviationGradients: logDeviations.gradients)
      }
    }
    policy.backward(input, rows: rows.count, outputGradient: gradient)
  }

  private func step() {
    let norm = optimizers.reduce(0) { $0 + $1.squaredGradientNorm }.squareRoot()
    for optimizer in optimizers { optimizer.step(scale: min(1, settings.maxGradNorm / (norm + 1e-6))) }
  }
}

extension ImitationLearner {
  /// The mean return of the likeliest actions over episodes on seeds that learning never used.
  public func evaluate(in world: any World, episodes: Int) throws -> Double {
    let environment = world.anyEnvironment(seed: 0)
    var total = 0.0
    for episode in 0..<episodes {
      var observation = environment.reset(seed: 0xE7A1_0000 + UInt64(episode))
      for _ in 0..<100_000 {
        let step = try environment.step(act(observation))
        total += step.reward
        observation = step.observation
        if step.isLast { break }
      }
    }
    return total / Double(episodes)
  }
}
