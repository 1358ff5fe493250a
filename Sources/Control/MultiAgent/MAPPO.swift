import Rewards

/// Multi-agent PPO (Yu et al. 2022, arXiv 2103.01955): an actor for each agent on his own row, each with his own ratio
/// of probabilities, and one critic that sees what all see and values the sum of rewards.
public final class MAPPO: OnPolicyLearner {
  override class var name: String { "mappo" }
  override class func plan(_ settings: Parameters) -> OnPolicyPlan {
    OnPolicyPlan(centralCritic: true, teamReward: true)
  }

  static let kind = LearnerKind(
    "mappo", summary: "multi-agent PPO: own actors, one critic that sees all, the sum of rewards",
    paper: "Yu et al. 2022, arXiv 2103.01955",
    parameters: OnPolicySettings.parameters(batchSize: nil, logStdInit: -2)
  ) { settings, world throws(ParameterError) in try MAPPO(settings, world: world) }
}
