import Rewards
import Worlds

/// Mean-field actor-critic (Yang et al. 2018, arXiv 1802.05438): what an agent's many neighbours do reaches him as the
/// mean of their actions. The policy sees the mean of the step before, the critic that of the present step.
///
/// All agents share the networks and see their own index. Rollouts are used for several epochs, held near the data by
/// PPO's clip.
public final class MeanFieldAC: OnPolicyLearner {
  override class var name: String { "meanfieldac" }
  override class func plan(_ settings: Parameters) -> OnPolicyPlan {
    OnPolicyPlan(sharesPolicy: true, teamReward: settings.bool("team_reward"), seesMeanAction: true)
  }

  /// - Throws: `ParameterError` for fewer than three agents: one neighbour's mean action is his action.
  public required init(_ settings: Parameters, world: some World) throws(ParameterError) {
    guard world.agents >= 3 else {
      throw ParameterError(
        parameter: "world",
        "meanfieldac needs at least 3 agents, this world has \(world.agents): a single neighbour is no mean field; use mappo, ippo or maddpg"
      )
    }
    try super.init(settings, world: world)
  }

  static let kind = LearnerKind(
    "meanfieldac",
    summary: "mean-field actor-critic, 3 agents or more: the others as the mean of their actions",
    paper: "Yang et al. 2018, arXiv 1802.05438",
    parameters: OnPolicySettings.parameters() + [LearnerParameters.teamReward(false)]
  ) { settings, world throws(ParameterError) in try MeanFieldAC(settings, world: world) }
}
