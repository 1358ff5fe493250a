import Control
import Rewards
import Worlds

/// Independent PPO (the library's) in a coopetition game: nothing is shared but the world, and what the reward mode
/// pays is all that differs between arms.
struct LearnerStudy {
  struct Outcome: Sendable {
    /// Sum over steps and agents, of an episode without exploration.
    var total = 0.0
    var finalTrust = Double.nan
    /// The same, of an episode with exploration.
    var exploringTrust = Double.nan
    /// Mean over steps and agents.
    var meanAction = 0.0
    /// The mean action of the others, and the same while agent 0 is held at 20% of its endowment.
    var partners = 0.0
    var answer = 0.0
    /// The summed reward of the last 100 training episodes, update after update.
    var course: [Double] = []
  }

  /// Steps of all environments between two updates: 16 whole episodes.
  static let rollout = 1_600

  /// The card's `ippo` with small networks (16; the card: 128, 128), 16 environments, and updates from whole rollouts at
  /// ten times its learning rate: 400 steps of little noise, which is what the arms of one's own reward need.
  ///
  /// With less learning (whole rollouts at 3e-4, or 24,000 steps) private rewards seem to keep trust. The exploring
  /// players lose it early in every episode and have learned to give little there; what they do where there is still
  /// trust they have hardly met, and an episode without exploration never leaves that. With minibatches of 64 at 3e-4
  /// players who see nothing sometimes stay just above the partner's mark of 30: what one action changes is lost in the
  /// noise of the partner's trust.
  private static let settings: [(String, JSONValue)] = [
    ("n_envs", .integer(16)), ("n_steps", .integer(rollout / 16)), ("batch_size", .integer(rollout)),
    ("n_epochs", .integer(4)), ("learning_rate", .number(3e-3)), ("gamma", .number(0.95)),
    ("gae_lambda", .number(0.95)), ("clip_range", .number(0.2)), ("ent_coef", .number(0)),
    ("vf_coef", .number(0.5)), ("max_grad_norm", .number(0.5)), ("log_std_init", .number(-1)),
    ("net_arch", .array([.integer(16)])), ("activation", .string("tanh")),
  ]

  private let world: RescaledWorld<CoopetitionGame>
  private let learner: any MultiAgentLearner

  /// - Parameters:
  ///   - game: In the `realistic` form.
  ///   - isSummed: Every learner is paid the sum of all rewards.
  ///   - isBlind: They see nothing, so that their policies are constants with noise.
  init(_ game: CoopetitionGame, isSummed: Bool = false, isBlind: Bool = false, seed: UInt64) throws {
    // The learners bring what they see to mean 0 and deviation 1, but nothing that varies by less than 1e-8.
    world = RescaledWorld(
      game, factors: Array(repeating: isBlind ? 1e-12 : 1, count: game.observationWidth))
    var given = JSONObject(Self.settings)
    given["seed"] = .integer(Int(seed % 2_147_483_648))
    given["team_reward"] = .bool(isSummed)
    learner = try LearnerRegistry.standard.learner("ippo", given, world: world)
  }

  /// Trains on `iterations` rollouts, and plays.
  func learn(iterations: Int) throws -> Outcome {
    var course: [Double] = []
    try learner.learn(
      totalTimesteps: iterations * Self.rollout, progress: { course.append($0.meanReturn ?? .nan) },
      isCancelled: { false })
    var outcome = try play()
    outcome.answer = try play(defects: true).partners
    outcome.exploringTrust = try play(explores: true).finalTrust
    outcome.course = course
    return outcome
  }

  private func play(defects: Bool = false, explores: Bool = false) throws -> Outcome {
    let environment = SingleEnvironment(world, seed: 99)
    var observation = environment.reset(seed: 99)
    learner.beginEpisode()
    var outcome = Outcome()
    while true {
      var actions = try learner.act(observation, deterministic: !explores)
      if defects { actions[0] = Float(0.2 * world.base.parameters.endowments[0]) }
      let transition = try environment.step(actions)
      outcome.total += transition.rewards.reduce(0, +)
      outcome.meanAction += Double(actions.reduce(0, +)) / Double(world.agents)
      outcome.partners += Double(actions.dropFirst().reduce(0, +)) / Double(world.agents - 1)
      observation = transition.observation
      if transition.isLast { break }
    }
    outcome.meanAction /= Double(environment.steps)
    outcome.partners /= Double(environment.steps)
    outcome.finalTrust = environment.state?.meanTrust ?? .nan
    return outcome
  }
}
