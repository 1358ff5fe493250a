import Rewards
import Worlds

/// A trained learner as one of Coopetition-Gym's policies: the likeliest actions, without exploring.
public struct LearnedPolicy: CoopetitionPolicy {
  public let name: String
  private let learner: Learner
  private let agents: Int

  /// Who holds the policy alone uses the learner: a sweep trains one for each cell.
  private final class Learner: @unchecked Sendable {
    let own: any MultiAgentLearner
    init(_ own: any MultiAgentLearner) { self.own = own }
  }

  public init(name: String, _ learner: any MultiAgentLearner, agents: Int) {
    self.name = name
    self.learner = Learner(learner)
    self.agents = agents
  }

  /// All agents' actions; nobody contributes where the networks give no numbers.
  public func act(_ observation: ArraySlice<Float>) -> [Float] {
    let joint = Array(observation)
    if joint[agents + 3 * agents * agents] == 0 { learner.own.beginEpisode() }
    let all = (0..<agents).flatMap { _ in joint }
    return (try? learner.own.act(all, deterministic: true)) ?? Array(repeating: 0, count: agents)
  }
}

extension PolicyRegistry {
  /// The paper's 126 reference policies: sixteen learners, and the 110 that need no learning.
  public static let standard = reference.adding(
    PolicyRegistry.learnerNames.compactMap { name in
      LearnerRegistry.standard.kind(named: name).map { kind in
        PolicyKind(name, .learner, summary: kind.summary) { game, request in
          try learned(kind, name, game, request)
        }
      }
    })

  /// Environment steps that a learner trains for where nothing else is asked.
  public static let trainingSteps = 50_000

  private static func learned(
    _ kind: LearnerKind, _ name: String, _ game: CoopetitionGame, _ request: PolicyRequest
  ) throws -> any CoopetitionPolicy {
    let learner: any MultiAgentLearner
    do {
      learner = try kind.learner(
        JSONObject([("seed", .integer(Int(request.seed % 2_147_483_648)))]), world: game)
    } catch {
      guard error.parameter == "world" else { throw error }
      throw PolicyUnsuitable(policy: name, reason: error.message)
    }
    let steps = request.trainingSteps ?? trainingSteps
    try learner.learn(
      totalTimesteps: steps, progress: { request.progress(min(1, Double($0.steps) / Double(steps))) },
      isCancelled: request.isCancelled)
    return LearnedPolicy(name: name, learner, agents: game.agents)
  }
}
