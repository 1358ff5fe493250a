import Rewards

/// Multi-agent deterministic policy gradient (Lowe et al. 2017, arXiv 1706.02275): every agent has an actor on his own
/// row and a critic of the state and all actions, which is taught his own reward.
public final class MADDPG: ReplayLearner {
  override class func method(_ given: Parameters, _ team: Team) throws(ParameterError) -> any ReplayMethod {
    try team.requireBoxes(for: "maddpg")
    return DeterministicTeam(team, try .init(given, team))
  }

  static let kind = LearnerKind(
    "maddpg", summary: "deterministic actors, each with a critic that sees all actions",
    paper: "Lowe et al. 2017, arXiv 1706.02275", parameters: DeterministicTeam.Settings.parameters
  ) { settings, world throws(ParameterError) in try MADDPG(settings, world: world) }
}
