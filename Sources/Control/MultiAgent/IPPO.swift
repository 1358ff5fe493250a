import Rewards

/// Independent PPO (de Witt et al. 2020, arXiv 2011.09533): every agent has a policy and a critic of his own, sees his
/// own row and is taught by his own reward; the others are a part of his world.
public final class IPPO: OnPolicyLearner {
  override class var name: String { "ippo" }
  override class func plan(_ settings: Parameters) -> OnPolicyPlan {
    OnPolicyPlan(teamReward: settings.bool("team_reward"))
  }

  static let kind = LearnerKind(
    "ippo", summary: "independent PPO: each agent alone, by his own reward",
    paper: "de Witt et al. 2020, arXiv 2011.09533",
    parameters: OnPolicySettings.parameters() + [LearnerParameters.teamReward(false)]
  ) { settings, world throws(ParameterError) in try IPPO(settings, world: world) }
}
