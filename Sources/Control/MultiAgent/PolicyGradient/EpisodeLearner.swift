import Foundation
import Numeric
import Rewards
import Worlds

/// A learner of policy gradients without a critic: it plays whole episodes, then makes one step.
public class EpisodeLearner: MultiAgentLearner {
  let team: Team
  let actors: [Actor]
  let gamma, entCoef: Double
  private let paysTeam: Bool
  private let rolloutSteps: Int
  let settings: String
  let environment: any VectorEnvironment
  var normalizer: ObservationNormalizer
  var scalers: [RewardNormalizer]
  var log = EpisodeLog()
  var random: PCG64
  public internal(set) var steps = 0

  class var name: String { preconditionFailure("a learner has a name") }

  public required init(_ settings: Parameters, world: some World) throws(ParameterError) {
    team = Team(world)
    self.settings = "\(Self.name) \(settings.line)"
    try team.requireBounds(for: Self.name)
    gamma = settings.double("gamma")
    entCoef = settings.double("ent_coef")
    paysTeam = settings.bool("team_reward")
    rolloutSteps = settings.int("n_steps")
    environment = world.vector(count: 1, seed: settings.seed &* 1_000_003)
    var random = PCG64(seed: settings.seed)
    let widths = try settings.widths()
    actors = team.spaces.enumerated().map { [team] in
      Actor(
        "agent \($0.offset)'s policy", inputs: team.width, space: $0.element, hidden: widths,
        activation: settings.activation, learningRate: settings.double("learning_rate"),
        maxGradNorm: settings.double("max_grad_norm"), logDeviation: settings.double("log_std_init"),
        random: &random)
    }
    normalizer = ObservationNormalizer(width: team.stateWidth)
    scalers = Array(repeating: RewardNormalizer(gamma: gamma), count: team.agents)
    self.random = random
  }

  static var parameters: [Parameter] {
    typealias P = LearnerParameters
    return P.common() + [
      P.learningRate(1e-3),
      P.integer(
        "n_steps", 128, 1...1e6, "least steps between updates; the last episode is played to its end"),
      P.entropy(0), P.maxGradNorm(10), P.logStdInit(-1.5), P.teamReward(false),
    ]
  }

  /// Adds the gradients of one update to the actors'.
  /// - Parameter batch: With scaled rewards.
  func addGradients(_ batch: EpisodeBatch) { preconditionFailure("a learner has gradients") }

  public func learn(
    totalTimesteps: Int, progress: (LearnerProgress) throws -> Void, isCancelled: () -> Bool
  ) throws {
    while steps < totalTimesteps, !isCancelled() {
      addGradients(try collect())
      for actor in actors { try actor.step(steps: steps) }
      try progress(log.progress(steps: steps))
    }
  }

  /// Plays episodes until enough steps are made. One that does not end is cut at ten times as many.
  private func collect() throws(LearnerError) -> EpisodeBatch {
    var batch = EpisodeBatch(agents: team.agents)
    var state = [Float](repeating: 0, count: team.stateWidth)
    var isNew = true
    while (batch.rows < rolloutSteps || !isNew) && batch.rows < 10 * rolloutSteps {
      if isNew { batch.starts.append(batch.rows) }
      let seen = environment.states(team)
      normalizer.observe(seen)
      normalizer.normalize(seen, into: &state)
      batch.states += state
      environment.step(draw(state, into: &batch))
      steps += 1
      try environment.requireFinite(team, steps: steps)
      let (isOver, isCut) = (environment.terminated[0], environment.truncated[0])
      let sum = environment.rewards.reduce(0, +)
      for agent in 0..<team.agents {
        let reward = paysTeam ? sum : environment.rewards[agent]
        batch.rewards[agent].append(reward)
        scalers[agent].observe(reward, terminated: isOver, truncated: isCut)
      }
      batch.terminated.append(isOver)
      isNew = log.book(environment)
    }
    batch.shares = batch.starts.map { _ in 1 / Double(batch.starts.count) }
    for agent in 0..<team.agents {
      for row in 0..<batch.rows {
        batch.rewards[agent][row] = Double(
          scalers[agent].scaled(batch.rewards[agent][row], terminated: batch.terminated[row]))
      }
    }
    return batch
  }

  private func draw(_ state: [Float], into batch: inout EpisodeBatch) -> [Float] {
    let size = team.actionWidth
    var joint = [Float](repeating: 0, count: team.agents * size)
    for agent in 0..<team.agents {
      var action = [Float](repeating: 0, count: size)
      var logProbability: Float = 0
      state.withUnsafeBufferPointer {
        actors[agent].draw(
          $0.baseAddress! + team.start(of: agent), rows: 1, actions: &action,
          logProbabilities: &logProbability, random: &random)
      }
      batch.actions[agent] += action
      actors[agent].distribution.confine(&action)
      for place in 0..<size { joint[agent * size + place] = action[place] }
    }
    return joint
  }

  public func act(_ observations: [Float], deterministic: Bool) throws -> [Float] {
    let state = try team.normalizedState(observations, normalizer, steps: steps)
    var actions = [Float](repeating: 0, count: team.agents * team.actionWidth)
    state.withUnsafeBufferPointer { state in
      actions.withUnsafeMutableBufferPointer { actions in
        for agent in 0..<team.agents {
          actors[agent].act(
            state.baseAddress! + team.start(of: agent), deterministic: deterministic,
            into: actions.baseAddress! + agent * team.actionWidth, random: &random)
        }
      }
    }
    return actions
  }

  public var policies: [(name: String, network: DenseNetwork)] {
    actors.enumerated().map { ("agent\($0.offset)", $0.element.policy) }
  }
  public var observationScale: (mean: [Double], deviation: [Double]) {
    get { normalizer.scale }
    set { normalizer.scale = newValue }
  }
}
