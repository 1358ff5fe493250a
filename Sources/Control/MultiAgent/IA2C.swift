import Rewards

/// Independent advantage actor-critic (Mnih et al. 2016; the independent form of Papoudakis et al. 2021, arXiv
/// 2006.07869): one gradient step on every short rollout. On the data it came from PPO's ratio is 1, so that its
/// surrogate's gradient is A2C's (Huang et al. 2022, arXiv 2205.09123).
public final class IA2C: OnPolicyLearner {
  override class var name: String { "ia2c" }
  override class func plan(_ settings: Parameters) -> OnPolicyPlan {
    OnPolicyPlan(teamReward: settings.bool("team_reward"))
  }

  static let kind = LearnerKind(
    "ia2c", summary: "independent advantage actor-critic: one step on each short rollout",
    paper: "Mnih et al. 2016, arXiv 1602.01783; Papoudakis et al. 2021, arXiv 2006.07869",
    parameters: OnPolicySettings.parameters(
      learningRate: 7e-4, nSteps: 5, batchSize: nil, nEpochs: 1, gaeLambda: 1
    ) + [LearnerParameters.teamReward(false)]
  ) { settings, world throws(ParameterError) in try IA2C(settings, world: world) }
}
