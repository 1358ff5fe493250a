import Rewards

/// Value-decomposition networks (Sunehag et al. 2018, arXiv 1706.05296): the team's value is the sum of the agents'.
public final class VDN: ReplayLearner {
  override class func method(_ given: Parameters, _ team: Team) throws(ParameterError) -> any ReplayMethod {
    try ValueTeam(team, given) { _ in SumMixer(agents: team.agents) }
  }

  static let kind = LearnerKind(
    "vdn", summary: "values of single agents whose sum is the team's; grid of actions",
    paper: "Sunehag et al. 2018, arXiv 1706.05296", parameters: ValueTeam.parameters
  ) { settings, world throws(ParameterError) in try VDN(settings, world: world) }
}
